"""What Copier's Jinja environment has besides Jinja: Ansible's filters, `pathjoin`, and the tag `yield`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import partial
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.ext import Extension
from jinja2_ansible_filters import AnsibleCoreFiltersExtension
from msgspec import Struct
from msgspec.structs import asdict

from mintage.errors import TemplateError
from mintage.formats.copier.layout import LOOP, Loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from jinja2.parser import Parser
    from jinja2.runtime import Context

_PATHS: Mapping[str, type[PurePath]] = {"posix": PurePosixPath, "windows": PureWindowsPath, "native": PurePath}


def _pathjoin(*parts: str, mode: Literal["posix", "windows", "native"] = "posix") -> str:
    return str(_PATHS[mode](*parts))


def _serialisable(value: Any) -> Any:
    """Return what JSON has in place of a value that it cannot hold, as Pydantic writes it."""
    if isinstance(value, Struct):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return list(value)
    if isinstance(value, datetime | time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"P{value.days}DT{value.seconds}S" if value.days else f"PT{value.seconds}S"
    if isinstance(value, bytes):
        return value.decode()
    return value.value if isinstance(value, Enum) else str(value)


class TrustedCopierExtension(Extension):
    """The filters and functions that Copier's templates may use."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        AnsibleCoreFiltersExtension(environment)
        environment.filters["to_json"] = partial(environment.filters["to_json"], default=_serialisable)
        environment.globals["pathjoin"] = _pathjoin


class CopierExtension(TrustedCopierExtension):
    """The same without Ansible's filters that look at this machine: its environment, its folders, its users."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for name in ("expanduser", "expandvars", "fileglob", "realpath"):
            environment.filters[name] = partial(_refused, name)


def _refused(name: str, *_arguments: Any, **_named: Any) -> str:
    raise SecurityError(f"the filter {name} looks at this machine")


class YieldExtension(Extension):
    """The tag `{% yield name from list %}...{% endyield %}`, which makes one path many.

    While a path is rendered, the context holds a `Loop`, which the tag tells its name and list; whoever renders the
    path then does so once for each item.
    """

    tags = {"yield"}  # noqa: RUF012 - the type that Jinja2 declares

    def parse(self, parser: Parser) -> nodes.Node:
        """Parse the tag into a call of `_yield`."""
        line = next(parser.stream).lineno
        name = parser.parse_assign_target(name_only=True)
        parser.stream.expect("name:from")
        items = parser.parse_expression()
        body = parser.parse_statements(("name:endyield",), drop_needle=True)
        call = self.call_method("_yield", [nodes.ContextReference(), nodes.Const(name.name), items])
        return nodes.CallBlock(call, [], [], body, lineno=line)

    def _yield(self, context: Context, name: str, items: Any, caller: Callable[[], str]) -> str:
        loop = context.get(LOOP)
        if not isinstance(loop, Loop):
            raise TemplateError(
                "the tag `yield` makes many files of one, so it belongs into names of files and folders"
            )
        if loop.found is not None:
            raise TemplateError("a name may have one `yield`, and this one has two")
        loop.found = (name, items or ())
        try:
            return caller()
        except UndefinedError:  # the name has no value before the items are gone through
            return ""


class TemplateExtensionLoader(Extension):
    """Says that extensions may be named by a file of the template and a class in it, which Mintage takes anyway."""


class ContextHook(Extension):
    """Base of extensions that change what templates see: `hook` is called with every context before it is used."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        call_hook = self.hook
        base: type[Context] = environment.context_class

        class HookedContext(base):  # type: ignore[valid-type, misc]
            def __init__(self, environment: Environment, parent: dict[str, Any], *others: Any, **more: Any) -> None:
                if "_copier_conf" in parent and (changes := call_hook(parent)) is not None:
                    parent.update(changes)
                super().__init__(environment, parent, *others, **more)

        environment.context_class = HookedContext

    def hook(self, context: dict[str, Any]) -> dict[str, Any] | None:
        """Change the context, or return what to add to it."""
        raise NotImplementedError
