"""Parses expressions of the interpreter: small ones, evaluated exactly as Jinja2 does, without importing it.

An expression can have names, attributes, items and slices, literals, comparisons, `and`, `or`, `not`, `in`, `~`, `+`,
`a if b else c`, and a few filters and string methods. Everything else raises `Unsupported`, and so does every value
whose attributes Jinja2 could resolve differently.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.rendering.fast.operations import (
    LOOP,
    addition,
    application,
    attribute,
    both,
    chosen,
    comparison,
    constant,
    containment,
    either,
    of_a_loop,
    subscription,
)
from mintage.rendering.fast.values import METHODS, Unsupported, item_of, joined, kept, mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.rendering.fast.operations import Evaluate, Scope
    from mintage.rendering.fast.values import Functions


class Expression(Struct, frozen=True):
    """A parsed expression."""

    text: str
    """The source of the expression."""
    names: frozenset[str]
    """The names that it reads."""
    evaluate: Evaluate
    """Returns the value for a scope. Raises Unsupported for values that it can't handle like Jinja2."""
    bare: bool = False
    """Whether it is just a name."""


NO_EXPRESSION = Expression("", frozenset(), lambda _: None)
"""The expression of tags without one."""


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<integer>(?:0|[1-9][0-9]{0,15})(?![\w.]))
      | (?P<text>"(?:[^"\\\n]|\\[\\'"nt])*"|'(?:[^'\\\n]|\\[\\'"nt])*')
      | (?P<operator>==|!=|<=|>=|[.,|()\[\]~<>+:-])
    )""",
    re.VERBOSE | re.ASCII,
)
_LITERALS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}
# Keywords of Jinja's grammar, and names that Jinja2 defines.
_GRAMMAR = (
    "and or not in is if else import from with without context recursive set block call filter macro include extends"
)
_DEFINED = "self loop super caller varargs kwargs"
RESERVED = frozenset({*_GRAMMAR.split(), *_DEFINED.split(), *_LITERALS})
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_DEEPEST = 40
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t"}


def parse(text: str, filters: Functions) -> Expression:
    """Parse an expression.

    Args:
        text: The source.
        filters: The filters that it can use.

    Raises:
        Unsupported: The expression is invalid, or needs Jinja2.
    """
    parser = _Parser(_tokens(text), filters)
    evaluate = parser.expression()
    if parser.ahead != ("end", ""):
        raise Unsupported
    return Expression(text, frozenset(parser.names), evaluate, text in parser.names)


def printing(function: Callable[..., str], text: str) -> Expression:
    """Return an expression for the tag of an extension, whose arguments are string literals."""
    texts = [_literal(argument) for kind, argument in _tokens(text) if kind == "text"]
    # No expression of a template begins with "%", so that this one never shares a value with any.
    return Expression(f"%{text}", frozenset(), lambda _: function(*texts))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    text = text.rstrip()
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Unsupported
        assert found.lastgroup is not None
        tokens.append((found.lastgroup, found[found.lastgroup]))
        place = found.end()
    tokens.append(("end", ""))
    return tokens


class _Parser:
    """A recursive descent parser, with Jinja's operator precedence. Its methods return functions of a scope."""

    def __init__(self, tokens: list[tuple[str, str]], filters: Functions) -> None:
        self._tokens = tokens
        self._known_filters = filters
        self._place = 0
        self._depth = 0
        self.names: set[str] = set()

    @property
    def ahead(self) -> tuple[str, str]:
        return self._tokens[self._place]

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._place]
        self._place += 1
        return token

    def _skip(self, kind: str, text: str) -> bool:
        if self.ahead == (kind, text):
            self._place += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._skip("operator", text):
            raise Unsupported

    def expression(self) -> Evaluate:
        value = self.either()
        while self._skip("name", "if"):
            condition = self.either()
            if not self._skip("name", "else"):
                raise Unsupported
            value = chosen(condition, value, self.expression())
        return value

    def either(self) -> Evaluate:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unsupported
        left = self._both()
        while self._skip("name", "or"):
            left = either(left, self._both())
        self._depth -= 1
        return left

    def _both(self) -> Evaluate:
        left = self._negation()
        while self._skip("name", "and"):
            left = both(left, self._negation())
        return left

    def _negation(self) -> Evaluate:
        if self._skip("name", "not"):
            inner = self._negation()
            return lambda scope: not inner(scope)
        return self._comparison()

    def _comparison(self) -> Evaluate:
        left = self._sum()
        if self.ahead[0] == "operator" and self.ahead[1] in _COMPARISONS:
            left = comparison(_COMPARISONS[self._next()[1]], left, self._sum())
        elif self._skip("name", "in"):
            left = containment(left, self._sum(), negated=False)
        elif self.ahead == ("name", "not") and self._tokens[self._place + 1] == ("name", "in"):
            self._place += 2
            left = containment(left, self._sum(), negated=True)
        if self.ahead in (("name", "in"), ("name", "not"), ("name", "is")) or self.ahead[1] in _COMPARISONS:
            raise Unsupported  # a chain such as a < b < c, or a test
        return left

    def _sum(self) -> Evaluate:
        left = self._joined()
        while self._skip("operator", "+"):
            left = addition(left, self._joined())
        return left

    def _joined(self) -> Evaluate:
        parts = [self._primary()]
        while self._skip("operator", "~"):
            parts.append(self._primary())
        if len(parts) == 1:
            return parts[0]
        return lambda scope: joined([part(scope) for part in parts])

    def _primary(self) -> Evaluate:
        kind, text = self._next()
        if kind == "name":
            return self._postfix(self._named(text))
        if kind == "text":
            return self._postfix(self._part_of(_literal(text)))
        if kind == "integer":
            return self._filters(constant(int(text)), of_literal=True)
        if text == "(":
            inner = self.expression()
            if self.ahead == ("operator", ","):
                inner = self._tuple(inner)
            self._expect(")")
            return self._filters(inner, of_literal=True)
        if text == "[":
            return self._filters(self._list(), of_literal=True)
        raise Unsupported

    def _named(self, name: str) -> Evaluate:
        if name in _LITERALS:
            if self.ahead in (("operator", "."), ("operator", "[")):
                raise Unsupported
            return constant(_LITERALS[name])
        if name == LOOP and self._skip("operator", "."):
            self.names.add(LOOP)
            return of_a_loop(self._next()[1])
        if name in RESERVED:
            raise Unsupported
        self.names.add(name)

        def evaluate(scope: Scope) -> Any:
            try:
                return scope[name]
            except KeyError:
                raise Unsupported from None

        return evaluate

    def _part_of(self, text: str) -> Evaluate:
        """Return a string literal or a part of it. Jinja2 evaluates the part at compile time, even in unused code."""
        part: Any = text
        while self._skip("operator", "["):
            part = item_of(part, self._subscript())
        return constant(part)

    def _postfix(self, value: Evaluate) -> Evaluate:
        while self.ahead in (("operator", "."), ("operator", "[")):
            if self._next()[1] == "[":
                value = subscription(value, self._subscript())
                continue
            kind, name = self._next()
            if kind != "name":
                raise Unsupported
            if self._skip("operator", "("):
                value = application(METHODS, name, value, self._arguments())
            else:
                value = attribute(value, name)
        if self.ahead == ("operator", "("):
            raise Unsupported
        return self._filters(value)

    def _subscript(self) -> str | int | slice:
        """Return what is in brackets: a constant or a slice."""
        kind, text = self.ahead
        if kind == "text":
            self._next()
            self._expect("]")
            return _literal(text)
        start = self._number()
        if not self._skip("operator", ":"):
            self._expect("]")
            if start is None:
                raise Unsupported
            return start
        end = self._number()
        self._expect("]")
        return slice(start, end)

    def _number(self) -> int | None:
        """Return an integer, with or without a minus sign; None if there is none."""
        is_negative = self._skip("operator", "-")
        kind, text = self.ahead
        if kind != "integer":
            if is_negative:
                raise Unsupported
            return None
        self._next()
        return -int(text) if is_negative else int(text)

    def _filters(self, value: Evaluate, *, of_literal: bool = False) -> Evaluate:
        """Return a value with the filters that follow it.

        Args:
            value: The value.
            of_literal: Whether it is a literal, which Jinja2 filters at compile time; `first` then fails there if it
                has no items.
        """
        while self._skip("operator", "|"):
            kind, name = self._next()
            if kind != "name":
                raise Unsupported
            if of_literal and name in ("first", "last"):
                raise Unsupported
            if name == "map":
                value = self._mapped(value)
                continue
            arguments = self._arguments() if self._skip("operator", "(") else []
            value = application(self._known_filters, name, value, arguments)
        if self.ahead in (("operator", "."), ("operator", "("), ("operator", "[")):
            raise Unsupported
        return value

    def _mapped(self, values: Evaluate) -> Evaluate:
        """Parse the arguments of `map`: the name of a filter without arguments."""
        self._expect("(")
        kind, name = self._next()
        self._expect(")")
        change, counts = self._known_filters.get(_literal(name), (None, ())) if kind == "text" else (None, ())
        if change is None or 0 not in counts:
            raise Unsupported
        return lambda scope: mapped(values(scope), change)

    def _arguments(self) -> list[Evaluate]:
        """Return the arguments of a call, up to its closing parenthesis."""
        arguments: list[Evaluate] = []
        while not self._skip("operator", ")"):
            if arguments:
                self._expect(",")
            arguments.append(self.expression())
        return arguments

    def _tuple(self, first: Evaluate) -> Evaluate:
        items = [first]
        while self._skip("operator", ","):
            if self.ahead == ("operator", ")"):
                break
            items.append(self.expression())
        return lambda scope: tuple([kept(item(scope)) for item in items])

    def _list(self) -> Evaluate:
        items: list[Evaluate] = []
        while not self._skip("operator", "]"):
            if items:
                self._expect(",")
            items.append(self.expression())
        return lambda scope: [kept(item(scope)) for item in items]


def _literal(quoted: str) -> str:
    """Return the value of a string literal."""
    text = quoted[1:-1]
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text) if "\\" in text else text
