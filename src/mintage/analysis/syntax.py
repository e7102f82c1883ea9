"""Parses template text, and keeps the columns that Jinja2 forgets. Renders nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import TokenStream
from jinja2.parser import Parser
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2 import Environment
    from jinja2.lexer import Token

    from mintage.template.texts import TemplateText

# Tags that belong to another one; Jinja2 itself explains best what is wrong with them.
_NEVER_ALONE = re.compile(r"end\w*|else|elif|pluralize|do|break|continue|trans")
_NEWLINE = re.compile(r"\r\n|\r|\n")


class UnknownTag(Struct, frozen=True):
    """A tag that no extension provides."""

    name: str
    line: int
    """Its line in the text, from 1."""
    column: int
    """Its column in the line, from 1."""


class SyntaxProblem(Struct, frozen=True):
    """Why a text cannot be parsed."""

    message: str
    line: int
    """The line in the text, from 1."""


class Parsed(Struct, frozen=True):
    """A text and its syntax tree."""

    text: TemplateText
    tree: nodes.Node | None
    """The syntax tree; None if the text has a syntax error."""
    error: SyntaxProblem | None = None
    """What is wrong with the text, if anything."""
    unknown_tags: tuple[UnknownTag, ...] = ()
    """The tags that were skipped because nothing provides them."""


def parse(environment: Environment, text: TemplateText) -> Parsed:
    """Parse a text. Unknown tags are skipped, so that the rest can still be analyzed."""
    unknown: list[UnknownTag] = []
    try:
        parser = Parser(environment, "", text.owner)
        parser.stream = _tokens(environment, text)
        parser.extensions = _AnyTag(parser.extensions, unknown)
        tree: nodes.Node = _expression(parser) if text.is_expression else parser.parse()
    except TemplateSyntaxError as error:
        return Parsed(text, None, SyntaxProblem(error.message or "", error.lineno), tuple(unknown))
    except RecursionError:
        return Parsed(text, None, SyntaxProblem("it is nested too deeply", 1), tuple(unknown))
    except ValueError as error:  # of a number with more digits than Python reads
        return Parsed(text, None, SyntaxProblem(str(error), 1), tuple(unknown))
    return Parsed(text, tree, None, tuple(unknown))


def _expression(parser: Parser) -> nodes.Expr:
    expression = parser.parse_expression()
    if not parser.stream.eos:
        parser.fail("chunk after expression", parser.stream.current.lineno)
    return expression


class _AnyTag(dict[str, "Callable[[Parser], Any]"]):
    """The tags of extensions. Any other tag is parsed as if it only read the names in it."""

    def __init__(self, known: dict[str, Callable[[Parser], Any]], unknown: list[UnknownTag]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def get(self, name: str, default: Any = None) -> Any:
        """Return the function that parses a tag."""
        if name in self or (_NEVER_ALONE.fullmatch(name) and not self._ends_unknown(name)):
            return super().get(name, default)
        return self._pass_over

    def _ends_unknown(self, name: str) -> bool:
        return name.startswith("end") and any(tag.name == name[3:] for tag in self._unknown)

    def _pass_over(self, parser: Parser) -> nodes.Node:
        token = next(parser.stream)
        if not self._ends_unknown(token.value):
            self._unknown.append(UnknownTag(token.value, token.lineno, getattr(token.lineno, "column", 1)))
        names: list[nodes.Node] = []
        after_dot = False
        while parser.stream.current.type not in ("block_end", "eof"):  # Jinja2 wants to see its end itself
            current = next(parser.stream)
            if current.type == "name" and not after_dot:
                name = nodes.Name(current.value, "load", lineno=current.lineno)
                # The words of an unknown tag can mean anything, so they need not be defined.
                names.append(nodes.Filter(name, "default", [], [], None, None, lineno=current.lineno))
            after_dot = current.type == "dot"
        return nodes.Output(names, lineno=token.lineno)


class _At(int):
    """The line of a token, with its column. Jinja2 passes it on to the nodes that it makes from tokens."""

    column: int


def column_of(node: nodes.Node) -> int | None:
    """Return the column, from 1, of the token that a node was made from."""
    return getattr(node.lineno, "column", None)


def _tokens(environment: Environment, text: TemplateText) -> TokenStream:
    """Return the tokens of a text as `Environment._tokenize` does, each with its column."""
    source = "\n".join(_NEWLINE.split(environment.preprocess(text.text, text.owner)))
    lexer = environment.lexer
    state = "variable" if text.is_expression else None
    located = _located(source, lexer.tokeniter(source, text.owner, state=state))
    stream: TokenStream | Iterable[Token] = TokenStream(lexer.wrap(located, text.owner), text.owner, None)
    for extension in environment.iter_extensions():
        stream = extension.filter_stream(cast("TokenStream", stream))
        if not isinstance(stream, TokenStream):
            stream = TokenStream(iter(stream), text.owner, None)
    return cast("TokenStream", stream)


def _located(source: str, tokens: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    position = line_start = 0
    current = 1
    for line, kind, value in tokens:
        while current < line:
            line_start = source.find("\n", line_start) + 1
            current += 1
        # Whitespace control has removed what was between two tokens.
        found = source.find(value, position)
        at = _At(line)
        at.column = max(found, line_start) - line_start + 1
        if found >= 0:
            position = found + len(value)
        yield at, kind, value
