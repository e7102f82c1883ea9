"""What Copier adds to Jinja: Ansible's filters, `pathjoin`, and the tag `yield`."""

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
    """Return what JSON can represent instead of a value, as Pydantic writes it."""
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
    """Provides the filters and functions of Copier's templates."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        AnsibleCoreFiltersExtension(environment)
        environment.filters["to_json"] = partial(environment.filters["to_json"], default=_serialisable)
        environment.globals["pathjoin"] = _pathjoin


class CopierExtension(TrustedCopierExtension):
    """Provides the same, but refuses Ansible's filters that read this machine's environment, directories, and users."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for name in ("expanduser", "expandvars", "fileglob", "realpath"):
            environment.filters[name] = partial(_refused, name)


def _refused(name: str, *_arguments: Any, **_named: Any) -> str:
    raise SecurityError(f"the filter {name} reads from this machine")


class YieldExtension(Extension):
    """Provides the tag `{% yield name from list %}...{% endyield %}`, which makes many paths from one.

    While a path is rendered, its context has a `Loop`, in which the tag leaves its name and list. The layout then
    renders the path once for each item.
    """

    tags = {"yield"}  # noqa: RUF012 - the type that Jinja2 declares

    def parse(self, parser: Parser) -> nodes.Node:
        """Parse the tag as a call of `_yield`."""
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
                "`yield` generates several files from one, so it can only be used in the names of files and directories"
            )
        if loop.found is not None:
            raise TemplateError("a name can have only one `yield`, but this one has two")
        loop.found = (name, items or ())
        try:
            return caller()
        except UndefinedError:  # the name is undefined until the items are known
            return ""


class TemplateExtensionLoader(Extension):
    """Lets templates name extensions by file and class, which Mintage always allows."""


class ContextHook(Extension):
    """The base of extensions that change what templates see: `hook` is called with every context before it is used."""

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
        """Change the context, or return values to add to it."""
        raise NotImplementedError
