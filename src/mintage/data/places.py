"""YAML, JSON and TOML with the place of every value: the usual parsers give values only. Knows no template."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.data.parsing import BYTE_ORDER_MARK, yaml_loader
from mintage.errors import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import yaml


class Written(Struct, frozen=True):
    """A value as it is written in a file."""

    value: Any
    """Text, a table of `Written`s, or a list of them."""
    line: int
    """Where its first character is, within quotes if it has them."""
    column: int
    """Where its first character is, within quotes if it has them."""
    last_line: int
    """Where it ends."""
    indent: int = 0
    """How far its other lines are indented."""
    keys: dict[str, Location] = {}
    """Where the keys of a table are."""
    tag: str = ""
    """YAML's for the kind of value."""

    def get(self, key: str) -> Written | None:
        """Return what is under a key; nothing if it is no table with that key."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def at(self, *path: str | int) -> Written | None:
        """Return what is at the end of a path of keys and indexes; None if there is no such thing."""
        found: Any = self
        for step in path:
            inner = found.value
            if isinstance(inner, dict):
                found = inner.get(step)
            else:
                found = inner[step] if isinstance(inner, list) and isinstance(step, int) and step < len(inner) else None
            if found is None:
                return None
        return found  # type: ignore[no-any-return]

    def line_of(self, *path: str | int) -> int:
        """Return the line of the key at the end of a path, or else of the last one on the way that is there."""
        for length in range(len(path), 0, -1):
            *above, last = path[:length]
            table = self.at(*above)
            if table is not None and isinstance(last, str) and last in table.keys:
                return table.keys[last].line or self.line
            if (item := self.at(*path[:length])) is not None:
                return item.line
        return self.line

    def find(self, text: str) -> Written | None:
        """Return the first text in it that reads so; None if there is none."""
        return next((each for each in self.texts() if each.value == text), None)

    def texts(self) -> Iterator[Written]:
        """Yield all texts in it, the keys of tables left out."""
        if isinstance(self.value, dict):
            for each in self.value.values():
                yield from each.texts()
        elif isinstance(self.value, list):
            for each in self.value:
                yield from each.texts()
        else:
            yield self


def written(text: str, file: str) -> list[Written]:
    """Return the documents of a text, which must be valid; of JSON and TOML there is one.

    Args:
        text: The text.
        file: Its name, which says what it is, and is in the places.
    """
    if file.endswith(".json"):
        return [written_json(text, file)]
    if file.endswith(".toml"):
        from mintage.data.toml_places import written_toml

        return [written_toml(text, file)]
    return written_yaml(text, file)


def written_yaml(text: str, file: str) -> list[Written]:
    """Return the documents of a YAML text, which must be one that can be read.

    The parser in C may refuse what the one in Python takes.

    Args:
        file: Its name, for places.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError:
        nodes = list(yaml.compose_all(text, Loader=yaml_loader()))
    lines = text.splitlines()
    return [_written(node, lines, file) for node in nodes]


def written_json(text: str, file: str) -> Written:
    """Return the value of a JSON text, which must be one that can be read.

    Args:
        file: Its name, for places.
    """
    return _Json(text, file).value(line_starts(text)[0])[0]


def line_starts(text: str) -> list[int]:
    """Return the index of the first character of each line. A byte order mark is not part of the first."""
    first = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    return [first, *(found.end() for found in re.finditer("\n", text))]


class _Json:
    """Reads valid JSON. Each method returns what begins at a place, and where it ends."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._line_starts = line_starts(text)

    def value(self, start: int) -> tuple[Written, int]:
        """Return the value that comes next."""
        start = self._behind_blanks(start)
        opening = self._text[start]
        if opening == "{":
            return self._table(start)
        if opening == "[":
            return self._list(start)
        if opening == '"':
            text, end = _TEXTS.raw_decode(self._text, start)
            return self._made(text, start + 1), end
        end = _END_OF_LITERAL.search(self._text, start).start()  # type: ignore[union-attr]
        return self._made(self._text[start:end], start), end

    def _table(self, start: int) -> tuple[Written, int]:
        table: dict[str, Written] = {}
        keys: dict[str, Location] = {}
        end = self._behind_blanks(start + 1)
        while self._text[end] != "}":
            place = self._behind_blanks(end)
            name, end = _TEXTS.raw_decode(self._text, place)
            keys[name] = Location(self._file, *self._line_and_column(place))
            table[name], end = self.value(self._behind_blanks(end) + len(":"))
            end = self._behind_comma(end)
        return self._made(table, start, keys), end + 1

    def _list(self, start: int) -> tuple[Written, int]:
        items: list[Written] = []
        end = self._behind_blanks(start + 1)
        while self._text[end] != "]":
            item, end = self.value(end)
            items.append(item)
            end = self._behind_comma(end)
        return self._made(items, start), end + 1

    def _made(self, value: Any, start: int, keys: dict[str, Location] | None = None) -> Written:
        line, column = self._line_and_column(start)
        return Written(value, line, column, line, keys=keys or {})

    def _behind_blanks(self, start: int) -> int:
        found = _BLANKS.match(self._text, start)
        assert found is not None
        return found.end()

    def _behind_comma(self, start: int) -> int:
        end = self._behind_blanks(start)
        return self._behind_blanks(end + 1) if self._text[end] == "," else end

    def _line_and_column(self, place: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, place)
        return line, place - self._line_starts[line - 1] + 1


_TEXTS = json.JSONDecoder()
_BLANKS = re.compile(r"\s*")
_END_OF_LITERAL = re.compile(r"[\s,\]}]|\Z")


def _written(node: yaml.Node, lines: Sequence[str], file: str) -> Written:
    import yaml

    start, end = node.start_mark, node.end_mark
    if isinstance(node, yaml.MappingNode):
        pairs = [(str(key.value), key, value) for key, value in node.value]
        keys = {name: Location(file, key.start_mark.line + 1, key.start_mark.column + 1) for name, key, _ in pairs}
        table = {name: _written(value, lines, file) for name, _, value in pairs}
        return Written(table, start.line + 1, start.column + 1, end.line + 1, keys=keys)
    if isinstance(node, yaml.SequenceNode):
        items = [_written(item, lines, file) for item in node.value]
        return Written(items, start.line + 1, start.column + 1, end.line + 1)
    assert isinstance(node, yaml.ScalarNode)
    if node.style in ("|", ">"):
        line, indent = _block_start(start.line + 1, lines)
        return Written(node.value, line, indent + 1, max(line, end.line), indent, tag=node.tag)
    quote = 1 if node.style in ("'", '"') else 0
    return Written(node.value, start.line + 1, start.column + 1 + quote, end.line + 1, tag=node.tag)


def _block_start(index: int, lines: Sequence[str]) -> tuple[int, int]:
    """Return the line where a block of text begins, and its indentation.

    Args:
        index: Of the line after the one with the `|`.
    """
    for number in range(index, len(lines)):
        if stripped := lines[number].lstrip():
            return index + 1, len(lines[number]) - len(stripped)
    return index + 1, 0
