"""TOML with the place of every value. Reads only texts that `parse_toml` accepts."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from mintage.data.places import Written, line_starts
from mintage.errors import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLANKS = re.compile(r"[ \t]*")
_BLANKS_AND_COMMENTS = re.compile(r"(?:\s|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"[^,\]}\n#]*")
# Three quotes end a text, of which up to two more may be the last characters.
_STRINGS = {
    '"""': re.compile(r'"""(?:\\.|[^\\])*?"{3,5}(?!")', re.DOTALL),
    "'''": re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    '"': re.compile(r'"(?:\\.|[^"\\\n])*"'),
    "'": re.compile(r"'[^'\n]*'"),
}
_Key = tuple[str, Location]


def written_toml(text: str, file: str) -> Written:
    """Return the value of a TOML text, which must be valid.

    Args:
        text: The text.
        file: Its name, for places.
    """
    return _Toml(text, file).read()


class _Toml:
    """Reads one text. Each method begins at `_at`, and leaves it behind what it has read."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._line_starts = line_starts(text)
        self._at = self._line_starts[0]

    def read(self) -> Written:
        root = current = self._made({}, self._at)
        while self._skip(_BLANKS_AND_COMMENTS) < len(self._text):
            if self._text[self._at] == "[":
                current = self._header(root)
            else:
                self._pair(current)
        return root

    def _header(self, root: Written) -> Written:
        """Read `[a.b]` or `[[a.b]]`, and return the table that follows."""
        start = self._at
        repeated = self._text.startswith("[[", start)
        self._at += 2 if repeated else 1
        *above, (name, place) = self._keys()
        self._at = self._text.index("]" * (2 if repeated else 1), self._at) + (2 if repeated else 1)
        table = self._descend(root, above)
        new = self._made({}, start)
        if repeated:
            tables = table.value.setdefault(name, self._made([], start)).value
            tables.append(new)
        else:
            new = table.value.setdefault(name, new)
        table.keys.setdefault(name, place)
        return new

    def _pair(self, table: Written) -> None:
        """Read `a.b = value` into a table."""
        *above, (name, place) = self._keys()
        self._at += len("=")
        self._skip(_BLANKS)
        table = self._descend(table, above)
        table.keys[name] = place
        table.value[name] = self._value()

    def _descend(self, table: Written, keys: Sequence[_Key]) -> Written:
        """Return a table below another; of several that a header repeats, the last."""
        for name, place in keys:
            table.keys.setdefault(name, place)
            table = table.value.setdefault(
                name, Written({}, place.line or 1, place.column or 1, place.line or 1, keys={})
            )
            if isinstance(table.value, list):
                table = table.value[-1]
        return table

    def _keys(self) -> list[_Key]:
        """Read a dotted key, up to the character behind it."""
        found: list[_Key] = []
        while True:
            start = self._skip(_BLANKS)
            bare = _BARE_KEY.match(self._text, start)
            name = (
                self._taken(_BARE_KEY) if bare else tomllib.loads(f"k={self._taken(_STRINGS[self._text[start]])}")["k"]
            )
            found.append((name, Location(self._file, *self._place(start))))
            if not self._text.startswith(".", self._skip(_BLANKS)):
                return found
            self._at += len(".")

    def _value(self) -> Written:
        start = self._at
        opening = self._text[start]
        if opening == "[":
            return self._list(start)
        if opening == "{":
            return self._inline_table(start)
        if opening not in "\"'":
            return self._made(self._taken(_LITERAL).rstrip(), start)
        quotes = opening * 3 if self._text.startswith(opening * 3, start) else opening
        value = tomllib.loads(f"k={self._taken(_STRINGS[quotes])}")["k"]
        start += len(quotes)
        if len(quotes) == 3:  # a line break right behind them is not part of the text
            start += re.match(r"\r?\n|", self._text[start : start + 2]).end()  # type: ignore[union-attr]
        return self._made(value, start)

    def _list(self, start: int) -> Written:
        items: list[Written] = []
        self._at += len("[")
        while self._text[self._skip(_BLANKS_AND_COMMENTS)] != "]":
            items.append(self._value())
            self._skip_comma()
        self._at += len("]")
        return self._made(items, start)

    def _inline_table(self, start: int) -> Written:
        table = self._made({}, start)
        self._at += len("{")
        while self._text[self._skip(_BLANKS_AND_COMMENTS)] != "}":
            self._pair(table)
            self._skip_comma()
        self._at += len("}")
        return table

    def _skip_comma(self) -> None:
        if self._text[self._skip(_BLANKS_AND_COMMENTS)] == ",":
            self._at += len(",")

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Move behind what matches, and return where that is."""
        self._taken(pattern)
        return self._at

    def _taken(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        assert found is not None, "the text is valid TOML"
        self._at = found.end()
        return found[0]

    def _made(self, value: Any, start: int) -> Written:
        """Return what was read from `start` on; as a table, with room for its keys."""
        line, column = self._place(start)
        return Written(value, line, column, self._place(self._at)[0], keys={})

    def _place(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, index)
        return line, index - self._line_starts[line - 1] + 1
