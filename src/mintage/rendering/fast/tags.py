"""Cuts a template's text into data and tags as Jinja2's lexer does, with its control of whitespace. Evaluates nothing.

Each distinct tag is understood once: the same few occur thousands of times in a project.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.rendering.fast.expressions import RESERVED, STATEMENT
from mintage.rendering.fast.values import OffRoad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DEFAULTS = {"variable": ("{{", "}}"), "block": ("{%", "%}"), "comment": ("{#", "#}")}
_LENGTH = 2  # of what tags begin with
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


_WORDS = {
    "else": Kind.ELSE,
    "endif": Kind.ENDIF,
    "endfor": Kind.ENDFOR,
    "raw": Kind.RAW,
    "endraw": Kind.ENDRAW,
}


class Tag(Struct, frozen=True):
    """A distinct tag. expression: its text. targets: the names that `for` or `set` gives a value.

    strips_before: all whitespace before it goes. keeps_before: lstrip_blocks does not touch it. strips_after: all
    whitespace after it goes. drops_newline: one newline after it goes.
    """

    kind: Kind
    expression: str = ""
    targets: tuple[str, ...] = ()
    strips_before: bool = False
    keeps_before: bool = False
    strips_after: bool = False
    drops_newline: bool = False


class Cut(Struct, frozen=True):
    """A template in pieces: what is printed as it is, before, between and after its tags."""

    data: list[str]
    tags: list[Tag]


class Tags:
    """Understands the tags of one set of Jinja options. Raises OffRoad for options that it does not know.

    statements: names of tags which print what a function makes of texts in quotes.
    """

    def __init__(self, options: Mapping[str, Any], statements: Sequence[str] = ()) -> None:
        names = "|".join(map(re.escape, statements)) or "(?!)"
        self._statements = re.compile(rf"({names})\s+({_QUOTED}(?:\s*,\s*{_QUOTED})*)")
        self._starts: dict[str, str] = {}
        self._ends: dict[str, str] = {}
        for kind, (start, end) in _DEFAULTS.items():
            self._starts[kind] = str(options.get(f"{kind}_start_string", start))
            self._ends[kind] = str(options.get(f"{kind}_end_string", end))
        self._require_plain_delimiters()
        if any(options.get(f"line_{kind}_prefix") for kind in ("statement", "comment")):
            raise OffRoad
        if options.get("autoescape") or str(options.get("newline_sequence", "\n")) != "\n":
            raise OffRoad
        self._trims = bool(options.get("trim_blocks", False))
        self._lstrips = bool(options.get("lstrip_blocks", False))
        self._keeps_last_newline = bool(options.get("keep_trailing_newline", False))
        escaped = [(re.escape(self._starts[kind]), re.escape(self._ends[kind])) for kind in _DEFAULTS]
        # A text in quotes may hold what else would end the tag: `{{ "${{ github.sha }}" }}`.
        quoted = rf"{escaped[0][0]}[-+]?\s*{_QUOTED}\s*-?{escaped[0][1]}"
        whole = [quoted, *(f"{start}.*?{end}" for start, end in escaped)]
        self._cut = re.compile(f"({'|'.join(whole)})", re.DOTALL)
        start, end = escaped[1]
        raw = rf"({start}[-+]?\s*raw\s*-?{end})(.*?)({start}[-+]?\s*endraw\s*[-+]?{end})"
        self._raw_or_tag = re.compile(f"{raw}|({'|'.join(whole)})", re.DOTALL)
        self._opener = re.compile("|".join(start for start, _ in escaped))
        self._overlap = self._overlapping_starts()
        self._known: dict[str, Tag] = {}
        # Texts of tags that need attention: most templates have none of them.
        self._unknown: set[str] = set()
        self._raw: set[str] = set()
        self._stripping: set[str] = set()

    def cut(self, source: str) -> Cut:
        """The data before, between and after the tags, and the tags. Raises OffRoad."""
        if "\r" in source:
            source = _LINE_END.sub("\n", source)
        if not self._keeps_last_newline and source.endswith("\n"):
            source = source[:-1]
        pieces = self._cut.split(source)
        data, texts = pieces[::2], pieces[1::2]
        if self._overlap is not None and self._overlap.search(source):
            self._refuse_overlaps(data, texts)
        tags = self._all_understood(texts)
        if not self._raw.isdisjoint(texts):
            data, tags = self._with_raw_text(source)
        elif not self._unknown.isdisjoint(texts) or self._opener.search("\0".join(data)):
            raise OffRoad  # or a tag that does not end
        if self._trims or self._lstrips or not self._stripping.isdisjoint(texts):
            data = self._trimmed(data, tags)
        return Cut(data, tags)

    def _all_understood(self, texts: list[str]) -> list[Tag]:
        """The tags for these texts; nearly all have been met before, so that one look-up each is all it takes."""
        known = self._known
        try:
            return [known[text] for text in texts]
        except KeyError:
            for text in texts:
                if text not in known:
                    known[text] = self._remembered(text, self._understood(text))
            return [known[text] for text in texts]

    def _remembered(self, text: str, tag: Tag) -> Tag:
        if tag.kind is Kind.UNKNOWN:
            self._unknown.add(text)
        elif tag.kind is Kind.RAW or tag.kind is Kind.ENDRAW:
            self._raw.add(text)
        if tag.strips_before or tag.strips_after:
            self._stripping.add(text)
        return tag

    def _refuse_overlaps(self, data: list[str], texts: list[str]) -> None:
        """Raise OffRoad where something that is no tag begins right before a tag: `{{% if %}`."""
        for before, text in zip(data, texts, strict=False):
            if self._opener.search(before[-3:] + text[:1]):
                raise OffRoad

    def _overlapping_starts(self) -> re.Pattern[str] | None:
        """Finds a character with which a tag could begin before the start of another: the first brace of `{{%`."""
        starts = self._starts.values()
        pairs = [(first[0], second) for first in starts for second in starts if first[1] == second[0]]
        return re.compile("|".join(f"{re.escape(one)}(?={re.escape(two)})" for one, two in pairs)) if pairs else None

    def _with_raw_text(self, source: str) -> tuple[list[str], list[Tag]]:
        """The pieces of a text in which what is between `raw` and `endraw` is one piece, whatever it looks like."""
        data: list[str] = []
        texts: list[str] = []
        outside: list[str] = []
        following: list[str] = []
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
            following.append(begin or tag)
        outside.append(source[place:])
        data.append(outside[-1])
        self._refuse_overlaps(outside, following)
        tags = self._all_understood(texts)
        raws = sum(tag.kind is Kind.RAW or tag.kind is Kind.ENDRAW for tag in tags)
        if raws != 2 * (len(data) - len(outside)) or not self._unknown.isdisjoint(texts):
            raise OffRoad  # there is one without the other
        if self._opener.search("\0".join(outside)):
            raise OffRoad
        return data, tags

    def _trimmed(self, data: list[str], tags: list[Tag]) -> list[str]:
        """The data without the whitespace that the tags around it take away."""
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
                elif self._lstrips and not tag.keeps_before and tag.kind is not Kind.PRINT:
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
        except OffRoad:
            return Tag(Kind.UNKNOWN)  # which it may be within `raw`

    def _tag(self, kind: str, body: str) -> Tag:
        before = body[:1] if body[:1] in ("-", "+") else ""
        body = body[len(before) :]
        signs = ("-",) if kind == "variable" else ("-", "+")
        after = body[-1:] if body[-1:] in signs else ""
        body = body[: len(body) - len(after)]
        spaces: dict[str, Any] = {
            "strips_before": before == "-",
            "keeps_before": before == "+",
            "strips_after": after == "-",
            "drops_newline": self._trims and kind != "variable" and not after,
        }
        if kind == "comment":
            return Tag(Kind.COMMENT, **spaces)
        expression = body.strip()
        if ("{" in body or "}" in body) and not (kind == "variable" and _ONLY_QUOTED.fullmatch(expression)):
            raise OffRoad  # Jinja2 looks for the end of the tag only where braces are balanced
        if kind == "variable":
            return Tag(Kind.PRINT, expression, **spaces)
        return self._statement(expression, spaces, signed=bool(after))

    def _statement(self, text: str, spaces: dict[str, Any], *, signed: bool) -> Tag:
        if word := _WORDS.get(text):
            if word is Kind.RAW:
                spaces = {**spaces, "drops_newline": False}
                if signed and not spaces["strips_after"]:
                    raise OffRoad
            return Tag(word, **spaces)
        if found := _IF.fullmatch(text):
            return Tag(Kind.IF if found[1] == "if" else Kind.ELIF, _unconditional(found[2]), **spaces)
        if found := _FOR.fullmatch(text):
            targets = tuple(re.split(r"\s*,\s*", found[1]))
            if not RESERVED.isdisjoint(targets):
                raise OffRoad
            return Tag(Kind.FOR, _unconditional(found[2]), targets, **spaces)
        if (found := _SET.fullmatch(text)) and found[1] not in RESERVED:
            return Tag(Kind.SET, found[2], (found[1],), **spaces)
        if (found := self._statements.fullmatch(text)) and not self._lstrips:
            return Tag(Kind.PRINT, f"{STATEMENT}{found[1]} {found[2]}", **spaces)
        raise OffRoad

    def _require_plain_delimiters(self) -> None:
        """Refuse delimiters of which one could be taken for another, or for a part of an expression."""
        starts, ends = list(self._starts.values()), list(self._ends.values())
        if not all(_PUNCTUATION.fullmatch(each) for each in (*starts, *ends)):
            raise OffRoad
        if any(len(start) != _LENGTH for start in starts):
            raise OffRoad
        if len(set(starts)) < len(starts):
            raise OffRoad


def _unconditional(text: str) -> str:
    """An expression in a place where Jinja2 takes no `a if b else c`."""
    if _CONDITIONAL.search(text):
        raise OffRoad
    return text
