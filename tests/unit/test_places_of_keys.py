"""The place found for every key is where that key is, however a document spells it, and whatever else looks like it.

The documents come with the places of their keys: they are noted while a document is written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mintage.data.parsing import BYTE_ORDER_MARK, parse_json, parse_toml, parse_yaml
from mintage.data.places import Written, written
from mintage.errors import Location

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

# Few, so that tables have keys of the same name; and some that have to be quoted.
NAMES = ["name", "title", "a", "a.b", "x y", "", "é", 'q"q', "#", "[a]"]
LOOKALIKES = ["name = 1", "title: 2", '"a": 3', "[name]", "[[a]]", "{name = 1}", "a.title = 4", "- name: 5", "# a = 6"]
Path = tuple[str | int, ...]


class Document:
    """A text that is being written, and where its keys are.

    Args:
        draw: Makes all choices.
        newline: How lines end.
    """

    def __init__(self, draw: DrawFn, newline: str) -> None:
        self.draw = draw
        self.newline = newline
        self.text = ""
        self.places: dict[Path, tuple[int, int]] = {}

    def write(self, text: str) -> None:
        self.text += text.replace("\n", self.newline)

    def key(self, path: Path, spelling: str) -> None:
        """Write a key, and note its place unless it is already noted."""
        line, column = self.text.count("\n") + 1, len(self.text) - self.text.rfind("\n")
        self.places.setdefault(path, (line, column))
        self.write(spelling)

    def choose(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def names(self, most: int = 3) -> list[str]:
        return self.draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=most))

    def lookalikes(self) -> list[str]:
        return self.draw(st.lists(st.sampled_from(LOOKALIKES), min_size=1, max_size=3))

    def comments(self, indent: str = "") -> None:
        """Write lines between others, some of which look like keys."""
        for _ in range(self.choose(0, 0, 1, 2)):
            self.write(f"{indent}{self.choose('', '# ', '#')}\n" if self.choose(True, False) else "\n")
            self.write(f"{indent}# {self.choose(*LOOKALIKES)}\n")

    def end_line(self) -> None:
        self.write(f"{self.choose('', f'  # {self.choose(*LOOKALIKES)}')}\n")


def toml_key(document: Document, name: str) -> str:
    spellings = [json.dumps(name, ensure_ascii=document.choose(True, False))]
    if "'" not in name:
        spellings.append(f"'{name}'")
    if name.isascii() and name.isalnum():
        spellings.append(name)
    return str(document.choose(*spellings))


def toml_value(document: Document, path: Path, depth: int = 0, *, multiline: bool = True) -> None:
    kinds = ["scalar", "list", "table"] if depth < 2 else ["scalar"]
    kind = document.choose(*kinds, *(["basic", "literal"] if multiline else []))
    if kind == "scalar":
        texts = [json.dumps(look) for look in LOOKALIKES] + [f"'{look}'" for look in LOOKALIKES]
        document.write(document.choose("1", "true", "-1.5e3", "1979-05-27 07:32:00Z", "[]", "{}", *texts))
    elif kind == "basic":
        lines = [*document.lookalikes(), document.choose('\\"""', '""x', "\\\\", "\\\n", '"')]
        document.write('"""' + "\n".join(lines) + document.choose('"""', '\n"""'))
    elif kind == "literal":
        document.write(
            "'''" + document.choose("", "\n") + "\n".join(document.lookalikes()) + document.choose("", "'") + "'''"
        )
    elif kind == "list":
        document.write("[")
        for index in range(document.choose(0, 1, 2)):
            if document.choose(True, False):
                document.write("\n")
                document.comments("  ")
            toml_value(document, (*path, index), depth + 1, multiline=multiline)
            document.write(document.choose(",", " , ", ",\n# a = 1\n"))
        document.write("]")
    else:
        document.write("{")
        for index, name in enumerate(document.names()):
            document.write(", " if index else " ")
            document.key((*path, name), toml_key(document, name))
            document.write(document.choose("=", " = "))
            toml_value(document, (*path, name), depth + 1, multiline=False)
        document.write("}")


def toml_pairs(document: Document, path: Path) -> None:
    for name in document.names():
        document.comments()
        document.write(document.choose("", "  "))
        own: Path = (*path, name)
        subs = document.names(2) if document.choose(True, False) else []
        for sub in subs:
            document.key(own, toml_key(document, name))
            document.write(document.choose(".", " . "))
            document.key((*own, sub), toml_key(document, sub))
            document.write(" = ")
            toml_value(document, (*own, sub))
            document.end_line()
        if not subs:
            document.key(own, toml_key(document, name))
            document.write(document.choose("=", " = ", " =\t"))
            toml_value(document, own)
            document.end_line()


def toml_document(document: Document) -> None:
    toml_pairs(document, ())
    for name in document.names():
        if any(path[0] == name for path in document.places):
            continue
        subs = document.names(2) if document.choose(True, False) else []
        if document.choose(True, False):
            for index in range(document.choose(1, 2, 3)):
                document.write("[[")
                document.key((name,), toml_key(document, name))
                document.write("]]\n")
                toml_pairs(document, (name, index))
            continue
        for sub in subs:
            document.write(document.choose("[", "  [ "))
            document.key((name,), toml_key(document, name))
            document.write(document.choose(".", " . "))
            document.key((name, sub), toml_key(document, sub))
            document.write(document.choose("]", " ]"))
            document.end_line()
            toml_pairs(document, (name, sub))
        if not subs:
            document.write("[")
            document.key((name,), toml_key(document, name))
            document.write("]")
            document.end_line()
            toml_pairs(document, (name,))


def json_value(document: Document, path: Path, depth: int = 0) -> None:
    kind = document.choose("scalar", "list", "table", "table") if depth < 3 else "scalar"

    def blanks() -> None:
        document.write(document.choose("", " ", "\n", "\n\t", "\n\n  "))

    if kind == "scalar":
        document.write(document.choose("1", "null", "-1.5e3", *map(json.dumps, LOOKALIKES)))
    elif kind == "list":
        document.write("[")
        for index in range(document.choose(0, 1, 2)):
            document.write("," if index else "")
            blanks()
            json_value(document, (*path, index), depth + 1)
            blanks()
        document.write("]")
    else:
        document.write("{")
        for index, name in enumerate(document.names()):
            document.write("," if index else "")
            blanks()
            document.key((*path, name), json.dumps(name, ensure_ascii=document.choose(True, False)))
            blanks()
            document.write(":")
            blanks()
            json_value(document, (*path, name), depth + 1)
            blanks()
        document.write("}")


def yaml_key(document: Document, name: str) -> str:
    spellings = [json.dumps(name, ensure_ascii=document.choose(True, False)), f"'{name}'"]
    if name.isalnum():
        spellings.append(name)
    return str(document.choose(*spellings))


def yaml_table(document: Document, path: Path, indent: str = "") -> None:
    """Write a mapping, which begins where the text ends; its other lines are indented."""
    for index, name in enumerate(document.names() or ["name"]):
        if index:
            document.comments(indent)
            document.write(indent)
        document.key((*path, name), yaml_key(document, name))
        document.write(":")
        yaml_value(document, (*path, name), f"{indent}  ")


def yaml_value(document: Document, path: Path, indent: str) -> None:
    kind = document.choose(*(["scalar", "block", "flow"] + (["list", "table"] if len(indent) < 6 else [])))
    if kind == "scalar":
        document.write(f" {document.choose('1', '', 'x', *map(json.dumps, LOOKALIKES))}")
        document.end_line()
    elif kind == "block":
        document.write(document.choose(" |\n", " >-\n", " |+  # a: 1\n"))
        for line in document.lookalikes():
            document.write(f"{document.choose('', chr(10))}{indent}{line}\n")
    elif kind == "flow":
        document.write(" {")
        for name in document.names():
            document.key((*path, name), yaml_key(document, name))
            document.write(
                f": {document.choose('1', *map(json.dumps, LOOKALIKES))},{document.choose(' ', chr(10) + indent)}"
            )
        document.write("}\n")
    elif kind == "list":
        document.write("\n")
        for index in range(document.choose(1, 2)):
            document.comments(indent)
            document.write(f"{indent}- ")
            yaml_table(document, (*path, index), f"{indent}  ")
    else:
        document.write("\n")
        document.comments(indent)
        document.write(indent)
        yaml_table(document, path, indent)


WAYS: dict[str, tuple[Callable[[Document], None], Callable[[str], Any]]] = {
    "f.toml": (toml_document, parse_toml),
    "f.json": (lambda document: json_value(document, ()), parse_json),
    "f.yml": (lambda document: yaml_table(document, ()), parse_yaml),
}


def paths_in(value: Any, path: Path = ()) -> set[Path]:
    """Return the paths of all keys in a value."""
    if isinstance(value, dict):
        return {(*path, key) for key in value}.union(*(paths_in(each, (*path, key)) for key, each in value.items()))
    if isinstance(value, list):
        return set().union(*(paths_in(each, (*path, index)) for index, each in enumerate(value)))
    return set()


@pytest.mark.parametrize("file", WAYS)
@given(data=st.data(), newline=st.sampled_from(["\n", "\r\n"]), mark=st.sampled_from(["", BYTE_ORDER_MARK]))
def test_every_key_is_found_where_it_is(file: str, data: st.DataObject, newline: str, mark: str) -> None:
    write, parse = WAYS[file]

    @st.composite
    def documents(draw: DrawFn) -> Document:
        document = Document(draw, newline)
        write(document)
        return document

    document = data.draw(documents())
    assert paths_in(parse(document.text)) == set(document.places)
    (found,) = written(mark + document.text, file)
    for path, (line, column) in document.places.items():
        assert found.line_of(*path) == line
        table = found.at(*path[:-1])
        assert isinstance(table, Written)
        assert table.keys[str(path[-1])] == Location(file, line, column)
