"""Finds new names for a Cookiecutter template's variables, and rewrites template text to use them."""

from __future__ import annotations

import ast
import keyword
import re
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateSyntaxError
from msgspec import Struct, field

from mintage.conversion.model import Note
from mintage.conversion.tags import Edit, Token, edited, line_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jinja2 import Environment

NAMESPACE = "cookiecutter"
_RAW_ANSWERS = "_cookiecutter"
# What Cookiecutter adds to the answers, and the native format doesn't have.
INJECTED = frozenset({"_template", "_output_dir", "_repo_dir", "_checkout"})
_KEYWORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "elif", "for", "recursive", "true", "false", "none"}
)
_TAKEN = frozenset(
    {"loop", "self", "super", "caller", "varargs", "kwargs", "range", "dict", "lipsum", "cycler", "joiner", "namespace"}
    | {"output", "outputs", "sha256", "uuid4", "random_ascii_string", "_", "gettext", "ngettext"}
)


def names_met(tokens: Sequence[Token]) -> set[str]:
    """Return the names in a template besides the answers: of loops, macros, assignments, and what it uses."""
    met: set[str] = set()
    statement = ""
    for before, token, after in _with_neighbours(tokens):
        if before is not None and before.kind.endswith("_begin"):
            statement = token.text if before.kind in ("block_begin", "linestatement_begin") else ""
            if statement:
                continue
        if token.kind != "name" or (before is not None and before.says(".", "|")):
            continue
        in_call = before is not None and before.says("(", ",") and after is not None and after.says("=")
        if in_call and statement not in ("macro", "call"):
            continue
        met.add(token.text)
    return met - {NAMESPACE, _RAW_ANSWERS}


def new_names(variables: Iterable[str], met: set[str]) -> dict[str, str]:
    """Return the new name of each variable: the same one, unless that is in use or not a valid name.

    Args:
        variables: The variables' names in Cookiecutter.
        met: The names that templates use for other things.
    """
    names: dict[str, str] = {}
    for variable in variables:
        name = re.sub(r"\W", "_", variable, flags=re.ASCII)
        if not name or name[0].isdigit():
            name = f"_{name}"
        while name in met or name in _TAKEN or name.lower() in _KEYWORDS or name in names.values():
            name += "_"
        names[variable] = name
    return names


class Renaming(Struct):
    """Rewrites the text of one template."""

    environment: Environment
    """Finds the tags."""
    names: Mapping[str, str]
    """The new name of each variable."""
    notes: list[Note] = field(default_factory=list)
    """Receives what could not be rewritten."""
    uses: set[str] = field(default_factory=set)
    """The variables that were used so far."""

    def text(self, text: str, where: str) -> str:
        """Return a text with the new names in its tags.

        Args:
            text: The text.
            where: The place of the text, for notes.
        """
        if NAMESPACE not in text:
            return text
        try:
            tokens = tokens_of(text, self.environment)
        except TemplateSyntaxError as error:
            self.notes.append(Note(f"the tags cannot be read: {error.message}", f"{where}:{error.lineno}"))
            return text
        edits: list[Edit] = []
        for place, token in enumerate(tokens):
            if token.kind == "name" and token.text in (NAMESPACE, _RAW_ANSWERS) and not _is_part(tokens, place):
                edit = self._edit(tokens, place, f"{where}:{line_of(text, token)}")
                if edit is not None:
                    edits.append(edit)
        return edited(text, edits)

    def _edit(self, tokens: Sequence[Token], place: int, where: str) -> Edit | None:
        token, following = tokens[place], tokens[place + 1 : place + 4]
        if token.text == _RAW_ANSWERS:
            self.notes.append(Note("`_cookiecutter`, which has the unrendered answers, no longer exists", where))
            return None
        before = tokens[place - 1] if place else None
        if before is not None and before.says("set", "for", "as"):
            self.notes.append(Note("it defines its own variable `cookiecutter`", where))
            return None
        if len(following) > 1 and following[0].says(".") and following[1].kind == "name":
            variable = following[1].text
            if not hasattr(dict, variable):  # Jinja2 prefers methods
                return Edit(token.start, following[1].end, self._name(variable, where))
        if len(following) > 2 and following[0].says("[") and following[1].kind == "string" and following[2].says("]"):
            variable = str(ast.literal_eval(following[1].text))
            return Edit(token.start, following[2].end, self._name(variable, where))
        return Edit(token.start, token.end, self._all_of_them(where))

    def _name(self, variable: str, where: str) -> str:
        self.uses.add(variable)
        if variable in self.names:
            return self.names[variable]
        what = f"`{variable}` is not a question"
        if variable in INJECTED:
            what = f"`{variable}`, which Cookiecutter adds to the answers, no longer exists"
        self.notes.append(Note(what, where))
        return new_names([variable], set(self.names.values()))[variable]

    def _all_of_them(self, where: str) -> str:
        """Return an expression for all answers as one value, as in Cookiecutter."""
        self.uses.update(self.names)
        self.notes.append(
            Note(
                "it uses all answers as one value, which no longer includes `_template` and other additions",
                where,
                is_lost=False,
            )
        )
        usable = {old: new for old, new in self.names.items() if old.isidentifier() and not keyword.iskeyword(old)}
        return f"dict({', '.join(f'{old}={new}' for old, new in usable.items())})"


def _is_part(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a name is that of an attribute, a filter or an argument, and not of a variable."""
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if before is not None and before.says(".", "|"):
        return True
    return after is not None and after.says("=") and before is not None and before.says("(", ",")


def _with_neighbours(tokens: Sequence[Token]) -> Iterable[tuple[Token | None, Token, Token | None]]:
    for place, token in enumerate(tokens):
        yield tokens[place - 1] if place else None, token, tokens[place + 1] if place + 1 < len(tokens) else None
