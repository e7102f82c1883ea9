"""Consent to run a template author's code. Knows what would run, not how it runs."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mintage.errors import Problem, UntrustedError
from mintage.trust.capabilities import Capability, changes_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class ConsentRequest(Struct, frozen=True):
    """What the user is asked to agree to."""

    origin: str
    """What the user called the template."""
    capabilities: tuple[Capability, ...]
    """The code that would run."""
    changes: str = ""
    """The changes since the user last agreed, as a unified diff; "" if they never did."""


class Consents:
    """What a user agreed to in earlier runs. This one remembers nothing."""

    def granted(self, address: str) -> tuple[Capability, ...]:
        """Return the code that the user agreed to run, for the template at an address."""
        return ()

    def store(self, address: str, capabilities: Iterable[Capability]) -> None:
        """Remember that the user agreed to run this code, for the template at an address."""


class Consent(Struct):
    """Whether the template author's code may run."""

    trusted: bool = False
    """Whether the user trusts the template (`--trust`, or a trusted source)."""
    ask: Callable[[ConsentRequest], bool] | None = None
    """Asks the user at a terminal; None if nobody can be asked."""
    address: str = ""
    """The address of the template."""
    consents: Callable[[], Consents] = Consents
    """Makes the memory of what the user agreed to; called only when it is needed."""
    _agreed: set[Capability] = field(default_factory=set)
    """What the user agreed to in this run."""

    def trust_listed(self, entries: Sequence[str], *references: str) -> None:
        """Trust the template if an entry in a list of trusted sources matches one of its references."""
        from mintage.trust.trusted_sources import is_trusted

        self.trusted = self.trusted or any(is_trusted(entry, each) for entry in entries for each in references)

    def require(self, capabilities: Sequence[Capability], origin: str) -> None:
        """Ask for consent to run code, unless it was given before.

        Args:
            capabilities: The code that would run.
            origin: What the user called the template.

        Raises:
            UntrustedError: Some of the code may not run; the error lists it.
        """
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
    """The code that a template would run, and whether it may."""

    origin: str
    """What the user called the template."""
    capabilities: tuple[Capability, ...]
    """The code that would run."""
    trusted: bool
    """Whether the user trusts the template's source."""
    agreed: tuple[Capability, ...]
    """What the user agreed to at a prompt in earlier runs."""

    @property
    def may_run(self) -> bool:
        """Whether all of the code would run without asking."""
        return self.trusted or set(self.capabilities) <= set(self.agreed)
