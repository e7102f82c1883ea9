"""Consent to run code of a template's author. Knows what wants to run, not how it runs."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.errors import Problem, UntrustedError
from mintage.trust.capabilities import Capability, changes_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class ConsentRequest(Struct, frozen=True):
    """What a person is asked."""

    origin: str
    capabilities: tuple[Capability, ...]
    changes: str = ""
    """What differs from what they have agreed to before; "" if they have not."""


class Consents:
    """What a user has agreed to before, by the template's address. This one remembers nothing."""

    def granted(self, address: str) -> tuple[Capability, ...]:
        """Return everything that the user has agreed to for this template."""
        return ()

    def store(self, address: str, capabilities: Iterable[Capability]) -> None:
        """From now on, these may run, as long as they stay as they are."""


class Consent(Struct):
    """Whether the template's author may run code."""

    trusted: bool = False
    """The user said so (`--trust`, a trusted source)."""
    ask: Callable[[ConsentRequest], bool] | None = None
    """Asks a person at a terminal; None without one."""
    address: str = ""
    """What has been agreed to holds for later runs too, until it changes; made when it is needed."""
    consents: Callable[[], Consents] = Consents
    """What has been agreed to holds for later runs too, until it changes; made when it is needed."""
    _agreed: set[Capability] = field(default_factory=set)

    def trust_listed(self, entries: Sequence[str], *references: str) -> None:
        """Trust the source if an entry of a list of trusted sources takes one of its references."""
        from mintage.trust.trusted_sources import is_trusted

        self.trusted = self.trusted or any(is_trusted(entry, each) for entry in entries for each in references)

    def require(self, capabilities: Sequence[Capability], origin: str) -> None:
        """Return if all may run; else raise UntrustedError listing what asked."""
        wanted = tuple(capability for capability in capabilities if capability not in self._agreed)
        if self.trusted or not wanted:
            return
        consents = self.consents()
        before = consents.granted(self.address)
        if set(wanted) <= set(before):
            return
        if self.ask and self.ask(ConsentRequest(origin, wanted, changes_since(before, wanted))):
            self._agreed.update(wanted)
            replaced = {(capability.kind, capability.what) for capability in wanted}
            kept = (each for each in before if (each.kind, each.what) not in replaced)
            consents.store(self.address, (*kept, *wanted))
            return
        raise UntrustedError(
            f"{origin} runs its author's code, and nothing was written",
            why="it has changed since you agreed to run it" if before else "",
            problems=[Problem(str(capability)) for capability in wanted],
            hint="read it (`mintage check TEMPLATE --trust-report` shows all of it), "
            "then run again with `Options(trust=True)`, "
            "or leave hooks and tasks out with `Options(run_tasks=False)`",
        )


class TrustReport(Struct, frozen=True):
    """What a template would run."""

    origin: str
    capabilities: tuple[Capability, ...]
    trusted: bool
    """The user trusts its source."""
    agreed: tuple[Capability, ...]
    """What was agreed to at a prompt before."""

    @property
    def may_run(self) -> bool:
        """Whether all of it would run without asking."""
        return self.trusted or set(self.capabilities) <= set(self.agreed)
