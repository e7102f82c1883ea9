"""Consent to run code of a template's author. Knows what wants to run, not how it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.errors import Problem, UntrustedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Capability(Struct, frozen=True):
    """Something of the template's author that would run. kind: "hook", "task", "extension". what: shown to people."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


class Consent(Struct):
    """Whether the template's author may run code.

    trusted: the user said so (`--trust`, a trusted source). confirm: asks a person at a terminal; None without one.
    Once given, consent holds for the same capabilities during one run.
    """

    trusted: bool = False
    confirm: Callable[[str], bool] | None = None
    _agreed: set[Capability] = field(default_factory=set)

    def trust_listed(self, entries: Sequence[str], *references: str) -> None:
        """Trust the source if an entry of a list of trusted sources takes one of its references."""
        from mintage.sources.trusted import is_trusted

        self.trusted = self.trusted or any(is_trusted(entry, each) for entry in entries for each in references)

    def require(self, capabilities: Sequence[Capability], origin: str) -> None:
        """Return if all may run; else raise UntrustedError listing what asked."""
        wanted = [capability for capability in capabilities if capability not in self._agreed]
        if self.trusted or not wanted:
            return
        listing = "\n".join(f"  {capability}" for capability in wanted)
        if self.confirm and self.confirm(f"{origin} wants to run code of its author:\n{listing}\nRun it?"):
            self._agreed.update(wanted)
            return
        raise UntrustedError(
            f"{origin} wants to run code of its author, and nothing was written",
            problems=[Problem(str(capability)) for capability in wanted],
            hint="read it, then run again with --trust, or leave hooks and tasks out with --skip-tasks",
        )
