"""The public names of the library as a page, from their signatures and docstrings."""

from __future__ import annotations

import inspect
from enum import Enum, EnumType
from typing import TYPE_CHECKING, Any

import msgspec

import mintage
from docs.site.markdown import field_docstrings, parsed, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = {
    "Making projects": ("generate", "plan", "Generator", "Options", "Plan", "Report"),
    "Errors": ("MintageError", "GenerationFailed", "JobFailedError"),
}
_REST = "The engine by itself"


class _AsWritten(str):
    """A piece of code that is shown as it is; `inspect` puts any other text in quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def public_names() -> Iterator[str]:
    """The page, line by line: every name of `mintage.__all__`."""
    yield from ["# The library", ""]
    yield "What `import mintage` gives. All of it is typed, nothing else is promised to stay where it is."
    yield from ["`mintage.__version__` is the version, as text.", ""]
    rest = [name for name in mintage.__all__ if not name.startswith("_") and name not in sum(_PARTS.values(), ())]
    for title, names in {**_PARTS, _REST: tuple(rest)}.items():
        yield from [f"## {title}", ""]
        for name in names:
            yield from _section(name, getattr(mintage, name))


def _section(name: str, thing: Any) -> Iterator[str]:
    yield from [f"### {name}", ""]
    if inspect.isfunction(thing):
        yield from _code(f"mintage.{name}{_signature(thing)}")
        yield from _text(thing)
        return
    if isinstance(thing, EnumType):
        yield from _text(thing)
        members: dict[str, Enum] = dict(thing.__members__)
        rows = [(f"`{each}`", str(member.value)) for each, member in members.items()]
        yield from [*table(("member", "value"), rows), ""]
        return
    if issubclass(thing, msgspec.Struct):
        yield from _fields(thing)
    elif inspect.isfunction(thing.__init__) and not getattr(thing, "_is_protocol", False):
        yield from _code(f"mintage.{name}{_signature(thing.__init__)}")
        yield from _text(thing)
    else:
        yield from _text(thing)
    for each, member in vars(thing).items():
        if not each.startswith("_") and not hasattr(thing.__base__, each):
            yield from _member(thing.__name__, each, member)


def _member(owner: str, name: str, member: Any) -> Iterator[str]:
    """A method or property; nothing for a field, which its class has told of."""
    if inspect.isfunction(member):
        yield from [f"#### {owner}.{name}", "", *_code(f"{name}{_signature(member)}")]
        yield from _text(member)
    elif wrapped := getattr(member, "fget", None) or getattr(member, "func", None):
        kind = wrapped.__annotations__["return"]
        yield from [f"#### {owner}.{name}", "", *_code(f"{name}: {kind}"), *_text(wrapped)]


def _fields(struct: type[msgspec.Struct]) -> Iterator[str]:
    names = struct.__struct_fields__
    said = field_docstrings(struct)
    yield from _text(struct)
    defaults = (msgspec.NODEFAULT,) * (len(names) - len(struct.__struct_defaults__)) + struct.__struct_defaults__
    kinds: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        kinds.update(inspect.get_annotations(base))
    rows = [
        (f"`{name}`", f"`{kinds[name]}`", _default(default), said.get(name, "").removesuffix("."))
        for name, default in zip(names, defaults, strict=True)
    ]
    yield from [*table(("field", "type", "default", "meaning"), rows), ""]


def _default(value: Any) -> str:
    if value is msgspec.NODEFAULT:
        return ""
    if factory := getattr(value, "factory", None):
        return f"`{factory.__name__}()`"
    return f"`{value}`" if isinstance(value, Enum) else f"`{value!r}`"


def _text(thing: Any) -> Iterator[str]:
    """A docstring; its sections become lists."""
    said = parsed(inspect.getdoc(thing) or "")
    yield from [said.body, ""]
    if said.arguments:
        yield from [*(f"- `{name}`: {meaning}" for name, meaning in said.arguments.items()), ""]
    if said.errors:
        yield from ["Raises:", "", *(f"- `{name}`: {meaning}" for name, meaning in said.errors.items()), ""]


def _signature(function: Any) -> str:
    """As it is written in the code, over several lines where it is long."""
    signature = inspect.signature(function)
    shown = [
        parameter.replace(annotation=_as_written(parameter.annotation), default=_shown_default(parameter.default))
        for name, parameter in signature.parameters.items()
        if name != "self"
    ]
    whole = str(signature.replace(parameters=shown, return_annotation=_as_written(signature.return_annotation)))
    whole = whole.removesuffix(" -> None") if function.__name__ == "__init__" else whole
    if len(whole) <= 90:
        return whole
    parts = [str(signature.replace(parameters=[each], return_annotation=inspect.Signature.empty)) for each in shown]
    lines = [f"    {part.removeprefix('(').removesuffix(')').removeprefix('*, ')}," for part in parts]
    keywords = [each.kind is inspect.Parameter.KEYWORD_ONLY for each in shown]
    if any(keywords):
        lines.insert(keywords.index(True), "    *,")
    return "\n".join(["(", *lines, whole[whole.rindex(")") :] if " -> " in whole else ")"])


def _shown_default(value: Any) -> Any:
    """A function has no text that is the same in every run."""
    return _AsWritten("...") if callable(value) and value is not inspect.Parameter.empty else value


def _as_written(annotation: Any) -> Any:
    return _AsWritten(annotation) if isinstance(annotation, str) else annotation


def _code(text: str) -> Iterator[str]:
    yield from ["```py", text, "```", ""]
