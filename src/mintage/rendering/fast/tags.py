"""Splits templates into data and tags like Jinja2's lexer, with its control of whitespace. Evaluates nothing.

Each distinct tag is parsed once: the same few occur thousands of times in a project.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.rendering.fast.expressions import NO_EXPRESSION, RESERVED, Expression, parse, printing
from mintage.rendering.fast.values import FILTERS, Unsupported, plain_only, text_only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.rendering.fast.values import Functions

_DEFAULTS = {"variable": ("{{", "}}"), "block": ("{%", "%}"), "comment": ("{#", "#}")}
_LENGTH = 2  # of the strings that tags begin with
_NONE: Mapping[str, Callable[..., Any]] = {}
_ANY_NUMBER = tuple(range(10))  # of arguments
_PUNCTUATION = re.compile(r"[^\w\s'\"\\+-]+")
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_IF = re.compile(r"(if|elif)\b\s*(.+)", re.DOTALL | re.ASCII)
_FOR = re.compile(rf"for\s+({_NAME}(?:\s*,\s*{_NAME})*)\s+in\b\s*(.+)", re.DOTALL | re.ASCII)
_SET = re.compile(rf"set\s+({_NAME})\s*=(?!=)\s*(.+)", re.DOTALL | re.ASCII)
_CONDITIONAL = re.compile(r"\b(?:if|else|recursive)\b")
_QUOTED = r"""(?:"(?:[^"\\\n]|\\[\\'"nt])*"|'(?:[^'\\\n]|\\[\\'"nt])*')"""
_ONLY_QUOTED = re.compile(_QUOTED)
_LINE_END = re.compile(r"\r\n|\r")


class Kind(Enum):
    """What a tag does."""

    PRINT = auto()
    COMMENT = auto()
    IF = auto()
    ELIF = auto()
    ELSE = auto()
    ENDIF = auto()
    FOR = auto()
    ENDFOR = auto()
    SET = auto()
    UNKNOWN = auto()
    RAW = auto()
    ENDRAW = auto()


# Tags that are handled separately from all others.
_SPECIAL = (Kind.UNKNOWN, Kind.RAW, Kind.ENDRAW)
_WORDS = {
    "else": Kind.ELSE,
    "endif": Kind.ENDIF,
    "endfor": Kind.ENDFOR,
    "raw": Kind.RAW,
    "endraw": Kind.ENDRAW,
}


class Tag(Struct, frozen=True):
    """A distinct tag."""

    kind: Kind
    expression: Expression = NO_EXPRESSION
    """The value, condition or items."""
    targets: tuple[str, ...] = ()
    """The names that `for` or `set` defines."""
    strips_before: bool = False
    """Whether it removes all whitespace before it."""
    keeps_before: bool = False
    """Whether `lstrip_blocks` doesn't apply to it."""
    strips_after: bool = False
    """Whether it removes all whitespace after it."""
    drops_newline: bool = False
    """Whether it removes one newline after it."""


class Tags:
    """Parses tags with one set of Jinja options.

    Args:
        options: Keyword arguments of `jinja2.Environment`.
        filters: See `RendererSettings`.
        text_filters: See `RendererSettings`.
        statements: See `RendererSettings`.

    Raises:
        Unsupported: The interpreter doesn't support the options.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        filters: Mapping[str, Callable[[Any], Any]] = _NONE,
        text_filters: Mapping[str, Callable[..., Any]] = _NONE,
        statements: Mapping[str, Callable[..., str]] = _NONE,
    ) -> None:
        self._filters: Functions = {
            **FILTERS,
            **{name: (plain_only(made), (0,)) for name, made in filters.items()},
            **{name: (text_only(made), _ANY_NUMBER) for name, made in text_filters.items()},
        }
        self._statements = statements
        names = "|".join(map(re.escape, statements)) or "(?!)"
        self._statement_tag = re.compile(rf"({names})\s+({_QUOTED}(?:\s*,\s*{_QUOTED})*)")
        self._starts: dict[str, str] = {}
        self._ends: dict[str, str] = {}
        for kind, (start, end) in _DEFAULTS.items():
            self._starts[kind] = str(options.get(f"{kind}_start_string", start))
            self._ends[kind] = str(options.get(f"{kind}_end_string", end))
        self._require_plain_delimiters()
        if any(options.get(f"line_{kind}_prefix") for kind in ("statement", "comment")):
            raise Unsupported
        if options.get("autoescape") or str(options.get("newline_sequence", "\n")) != "\n":
            raise Unsupported
        self._trims = bool(options.get("trim_blocks", False))
        self._lstrips = bool(options.get("lstrip_blocks", False))
        self._keeps_last_newline = bool(options.get("keep_trailing_newline", False))
        escaped = [(re.escape(self._starts[kind]), re.escape(self._ends[kind])) for kind in _DEFAULTS]
        # A string literal may contain what would otherwise end the tag: `{{ "${{ github.sha }}" }}`.
        quoted = rf"{escaped[0][0]}[-+]?\s*{_QUOTED}\s*-?{escaped[0][1]}"
        # Most tags have neither braces nor quotes, and this finds them faster.
        simple = map(self._tag_without_braces, ("variable", "block"))
        whole = [*simple, quoted, *(f"{start}.*?{end}" for start, end in escaped)]
        self._any_tag = re.compile(f"({'|'.join(whole)})", re.DOTALL)
        start, end = escaped[1]
        raw = rf"({start}[-+]?\s*raw\s*-?{end})(.*?)({start}[-+]?\s*endraw\s*[-+]?{end})"
        self._raw_or_tag = re.compile(f"{raw}|({'|'.join(whole)})", re.DOTALL)
        self._stray = re.compile("|".join([*(start for start, _ in escaped), *self._overlapping_starts()]))
        firsts = {start[0] for start in self._starts.values()}
        self._first = firsts.pop() if len(firsts) == 1 else ""
        self._known: dict[str, Tag] = {}
        # The texts of tags that don't change the data around them. Most templates have no others.
        self._simple: set[str] = set()

    def pieces(self, source: str) -> list[Any]:
        """Return data and the texts of tags in turn, beginning and ending with data, after all control of whitespace.

        `tag` returns the tags of these texts.

        Raises:
            Unsupported: The interpreter doesn't support a tag, or Jinja2 would split the template differently.
        """
        if "\r" in source:
            source = _LINE_END.sub("\n", source)
        if not self._keeps_last_newline and source.endswith("\n"):
            source = source[:-1]
        pieces: list[Any] = self._any_tag.split(source)
        texts = pieces[1::2]
        if self._simple.issuperset(texts) or self._are_simple(texts):
            self._refuse_stray_starts(pieces[::2])
            return pieces
        data, texts = self._shaped(source, pieces[::2], texts)
        result = data + texts
        result[::2], result[1::2] = data, texts
        return result

    def _tag_without_braces(self, kind: str) -> str:
        start, end = self._starts[kind], self._ends[kind]
        return rf"{re.escape(start)}[^{{}}\"'{re.escape(end[0])}]*{re.escape(end)}"

    def tag(self, text: str) -> Tag:
        """Return the tag for a text that `pieces` returned."""
        return self._known[text]

    def _are_simple(self, texts: list[str]) -> bool:
        """Parse the tags that are new, and return whether all tags leave the data around them as it is."""
        for text in texts:
            if text not in self._known:
                tag = self._known[text] = self._understood(text)
                if self._is_simple(tag):
                    self._simple.add(text)
        return self._simple.issuperset(texts)

    def _is_simple(self, tag: Tag) -> bool:
        if tag.kind in _SPECIAL or tag.strips_before or tag.strips_after or tag.drops_newline:
            return False
        return tag.keeps_before or not self._lstrips

    def _shaped(self, source: str, data: list[str], texts: list[str]) -> tuple[list[str], list[str]]:
        """Return data and texts of a template with tags that change the data around them, or are unknown."""
        tags = [self._known[text] for text in texts]
        if any(tag.kind is Kind.RAW or tag.kind is Kind.ENDRAW for tag in tags):
            data, texts = self._with_raw_text(source)
            tags = [self._known[text] for text in texts]
        else:
            self._refuse_stray_starts(data)
        if any(tag.kind is Kind.UNKNOWN for tag in tags):
            raise Unsupported
        return self._trimmed(data, tags), texts

    def _refuse_stray_starts(self, data: list[str]) -> None:
        """Raise Unsupported if a tag begins in data without ending, or may begin right before another: `{{% if %}`."""
        joined = "\0".join(data)
        if self._first in joined and self._stray.search(joined):
            raise Unsupported

    def _overlapping_starts(self) -> list[str]:
        """Return patterns for a character with which a tag could begin right before another: the first brace of `{{%`.

        In the data that they are matched with, a NUL stands for each tag.
        """
        starts = self._starts.values()
        firsts = {one[0] for one in starts for other in starts if one[1] == other[0]}
        return [rf"{re.escape(first)}\0" for first in sorted(firsts)]

    def _with_raw_text(self, source: str) -> tuple[list[str], list[str]]:
        """Return the data and tags of a template in which everything between `raw` and `endraw` is data."""
        data: list[str] = []
        texts: list[str] = []
        outside: list[str] = []
        place = 0
        for found in self._raw_or_tag.finditer(source):
            outside.append(source[place : found.start()])
            data.append(outside[-1])
            begin, raw, end, tag = found.groups()
            if tag is None:
                data.append(raw)
                texts += (begin, end)
            else:
                texts.append(tag)
            place = found.end()
        outside.append(source[place:])
        data.append(outside[-1])
        self._are_simple(texts)  # parses those that are new
        tags = [self._known[text] for text in texts]
        raws = sum(tag.kind is Kind.RAW or tag.kind is Kind.ENDRAW for tag in tags)
        if raws != 2 * (len(data) - len(outside)):
            raise Unsupported  # one of them is missing
        self._refuse_stray_starts(outside)
        return data, texts

    def _trimmed(self, data: list[str], tags: list[Tag]) -> list[str]:
        """Return the data without the whitespace that the tags around it remove."""
        result: list[str] = []
        begins_line = True
        earlier: Tag | None = None
        for number, piece in enumerate(data):
            text = piece
            if earlier is not None:
                begins_line = False
                if earlier.strips_after:
                    text = text.lstrip()
                    taken = piece[: len(piece) - len(text)]
                    begins_line = taken.endswith("\n")
                elif earlier.drops_newline and text.startswith("\n"):
                    text = text[1:]
                    begins_line = True
            if number < len(tags):
                tag = tags[number]
                if tag.strips_before:
                    text = text.rstrip()
                elif self._lstrips and not tag.keeps_before:
                    start = text.rfind("\n") + 1
                    if (start > 0 or begins_line) and text[start:].isspace():
                        text = text[:start]
                earlier = tag
            result.append(text)
        return result

    def _understood(self, text: str) -> Tag:
        kind = next(kind for kind in _DEFAULTS if text.startswith(self._starts[kind]))
        try:
            return self._tag(kind, text[len(self._starts[kind]) : -len(self._ends[kind])])
        except Unsupported:
            return Tag(Kind.UNKNOWN)  # it may be data between `raw` and `endraw`

    def _tag(self, kind: str, body: str) -> Tag:
        before = body[:1] if body[:1] in ("-", "+") else ""
        body = body[len(before) :]
        signs = ("-",) if kind == "variable" else ("-", "+")
        after = body[-1:] if body[-1:] in signs else ""
        body = body[: len(body) - len(after)]
        spaces: dict[str, Any] = {
            "strips_before": before == "-",
            "keeps_before": before == "+" or kind == "variable",
            "strips_after": after == "-",
            "drops_newline": self._trims and kind != "variable" and not after,
        }
        if kind == "comment":
            return Tag(Kind.COMMENT, **spaces)
        expression = body.strip()
        if ("{" in body or "}" in body) and not (kind == "variable" and _ONLY_QUOTED.fullmatch(expression)):
            raise Unsupported  # Jinja2 ends a tag only where braces are balanced
        if kind == "variable":
            return Tag(Kind.PRINT, self._parsed(expression), **spaces)
        return self._statement(expression, spaces, signed=bool(after))

    def _statement(self, text: str, spaces: dict[str, Any], *, signed: bool) -> Tag:
        if word := _WORDS.get(text):
            if word is Kind.RAW:
                spaces = {**spaces, "drops_newline": False}
                if signed and not spaces["strips_after"]:
                    raise Unsupported
            return Tag(word, **spaces)
        if found := _IF.fullmatch(text):
            return Tag(Kind.IF if found[1] == "if" else Kind.ELIF, self._unconditional(found[2]), **spaces)
        if found := _FOR.fullmatch(text):
            targets = tuple(re.split(r"\s*,\s*", found[1]))
            if not RESERVED.isdisjoint(targets):
                raise Unsupported
            return Tag(Kind.FOR, self._unconditional(found[2]), targets, **spaces)
        if (found := _SET.fullmatch(text)) and found[1] not in RESERVED:
            return Tag(Kind.SET, self._parsed(found[2]), (found[1],), **spaces)
        if found := self._statement_tag.fullmatch(text):
            return Tag(Kind.PRINT, printing(self._statements[found[1]], text), **spaces)
        raise Unsupported

    def _parsed(self, text: str) -> Expression:
        return parse(text, self._filters)

    def _unconditional(self, text: str) -> Expression:
        """Return an expression in a place where Jinja2 doesn't allow `a if b else c`."""
        if _CONDITIONAL.search(text):
            raise Unsupported
        return self._parsed(text)

    def _require_plain_delimiters(self) -> None:
        """Raise Unsupported for delimiters that could be confused with each other, or with a part of an expression."""
        starts, ends = list(self._starts.values()), list(self._ends.values())
        if not all(_PUNCTUATION.fullmatch(each) for each in (*starts, *ends)):
            raise Unsupported
        if any(len(start) != _LENGTH for start in starts):
            raise Unsupported
        if len(set(starts)) < len(starts):
            raise Unsupported
