"""Explains why a template needs Jinja2: the first tag that the interpreter doesn't support. Not used by runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.rendering.dispatch import tags_for
from mintage.rendering.fast.renderer import FastRenderer
from mintage.rendering.fast.values import Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

    from mintage.rendering.fast.tags import Tags
    from mintage.rendering.settings import Context, RendererSettings

# What to put around a tag that begins or continues a block, to make it a complete template.
_COMPLETED = {
    "if": ("", "endif"),
    "elif": ("if true", "endif"),
    "for": ("", "endfor"),
}
_ONLY_ENDS = frozenset({"else", "endif", "endfor", "raw", "endraw"})


class Obstacle(Struct, frozen=True):
    """Why a template needs Jinja2."""

    why: str
    """The reason, for the user."""
    line: int = 0
    """The line of the tag; 0 if it isn't a single tag."""
    tag: str = ""
    """The text of the tag; "" if it isn't a single tag."""


def unsupported_syntax(
    settings: RendererSettings,
    context: Context,
    text: str,
    variables: Mapping[str, Any],
    environment: Environment,
) -> Obstacle:
    """Return the obstacle for a template that `DispatchingRenderer` has rendered by Jinja2."""
    tags = tags_for(settings)
    if tags is None:
        foreign = [name for name in settings.extensions if not name.startswith(("jinja2.ext.", "mintage."))]
        if foreign:
            return Obstacle(f"extensions may give any tag another meaning: {', '.join(foreign)}")
        return Obstacle("the template's Jinja settings are not the default ones")
    found = list(_tags_in(text, environment))
    for line, tag, word in found:
        if not _is_understood(_whole(tag, word, environment), tags):
            return Obstacle("only Jinja2 supports this tag", line, tag)
    own = {**context, **variables}
    for line, tag, word in found:
        if not word and not _has_plain_value(tag, tags, own):
            return Obstacle("its value is undefined, or not text, a number, a boolean or none", line, tag)
    return Obstacle("only Jinja2 supports this combination of tags, such as a name that is set twice or in a loop")


def _tags_in(text: str, environment: Environment) -> Iterator[tuple[int, str, str]]:
    """Yield each tag except comments: its line, its text, and its first word if it is a statement."""
    from jinja2.exceptions import TemplateSyntaxError

    tag, word, start, is_block = "", "", 0, False
    try:
        for line, kind, value in environment.lex(text):
            if kind in ("variable_begin", "block_begin"):
                tag, word, start, is_block = "", "", line, kind == "block_begin"
            if start:
                tag += value
                word = word or (value if is_block and kind == "name" else "")
            if kind in ("variable_end", "block_end") and start:
                yield start, tag.strip(), word
                start = 0
    except TemplateSyntaxError:
        return  # rendering reports it


def _whole(tag: str, word: str, environment: Environment) -> str:
    """Return the tag as a complete template."""
    if word in _ONLY_ENDS:
        return ""
    before, after = _COMPLETED.get(word, ("", ""))
    parts = [
        f"{environment.block_start_string} {each} {environment.block_end_string}" if each else ""
        for each in (before, after)
    ]
    return f"{parts[0]}{tag}{parts[1]}"


def _is_understood(whole: str, tags: Tags) -> bool:
    try:
        tags.pieces(whole)
    except Unsupported:
        return False
    return True


def _has_plain_value(text: str, tags: Tags, context: Context) -> bool:
    """Return whether a tag renders; True for a tag with unknown names, such as loop variables."""
    found = [tags.tag(each) for each in tags.pieces(text)[1::2]]
    if not all(tag.expression.names <= context.keys() for tag in found):
        return True
    try:
        FastRenderer(tags, context).render(text, {})
    except Exception:
        return False
    return True
