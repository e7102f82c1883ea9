"""Inspects template files before anything runs: whether there is anything to render, and what that affects.

Works on bytes and on Jinja's syntax tree. Renders nothing.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from mintage.errors import MintageError
from mintage.files.detect import NUL_CHUNK, has_nul_byte, is_binary_name, is_binary_start
from mintage.rendering.dispatch import tags_for
from mintage.rendering.fast.values import Unsupported
from mintage.rendering.pieces import LARGE, may_be_cut
from mintage.rendering.settings import OUTPUT_FUNCTIONS, BinaryRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import BinaryIO

    from jinja2 import Environment, nodes

    from mintage.rendering.fast.tags import Tags
    from mintage.rendering.settings import RendererSettings

    _Node = TypeVar("_Node", bound=nodes.Node)

# Files up to this size are inspected in one piece, larger ones in several.
_PIECE = 1024 * 1024
_MUTATORS = (
    "append|extend|insert|update|pop|popitem|setdefault|clear|remove|sort|reverse|add|discard|"
    "__setitem__|__delitem__|__setattr__"
)
_MAYBE_MUTATES = re.compile(rf"\.\s*(?:{_MUTATORS})\s*\(".encode())
_MUTATOR_NAMES = frozenset(_MUTATORS.split("|"))
_MAYBE_READS = re.compile(rb"\b(?:output|outputs|sha256)\s*\(")
# Raised for expressions nested more deeply than Python allows, and numbers with more digits than it converts.
_BEYOND_PYTHON = (RecursionError, ValueError)
_DEFAULT_STARTS = {
    "block_start_string": "{%",
    "variable_start_string": "{{",
    "comment_start_string": "{#",
}


class Verdict(Enum):
    """What kind of file it is. The values are reasons, for the user."""

    BINARY = "binary"
    PLAIN = "no template tags"
    TEXT = "text"
    NOT_UTF8 = "not UTF-8"


class Inspection(Struct, frozen=True):
    """What an inspection found in a file."""

    verdict: Verdict
    """What kind of file it is."""
    tags: int = 0
    """How many template tags it has."""
    cuttable: bool = True
    """Whether the file can probably be rendered in pieces (see `rendering.pieces`)."""
    needs_jinja: bool = True
    """False if the interpreter supports all its tags, and so it neither changes the context nor reads outputs."""
    maybe_mutates: bool = False
    """Whether it seems to call methods that change objects."""
    maybe_reads: bool = False
    """Whether it seems to read the outputs of other files."""


class Inspector:
    """Inspects the files of one template. Makes an environment only if a file must be parsed."""

    def __init__(self, settings: RendererSettings, make_environment: Callable[[], Environment]) -> None:
        self._settings = settings
        self._make_environment = make_environment
        self._goes_by_name = settings.binary is BinaryRule.BINARYORNOT
        self._goes_by_nul = settings.binary is BinaryRule.NUL_BYTE
        starts = _tag_starts(settings.options)
        self._tag = re.compile(b"|".join(re.escape(start) for start in starts))
        self._longest_tag_start = max(2, *map(len, starts))
        changes_newlines = str(settings.options.get("newline_sequence", "\n")) != "\n"
        loses_last_newline = not settings.options.get("keep_trailing_newline", False)
        changes_newlines = changes_newlines or settings.newlines in ("\r", "\r\n")
        self._always_renders = settings.normalizes_newlines and (changes_newlines or loses_last_newline)

    @cached_property
    def _tags(self) -> Tags | None:
        return tags_for(self._settings)

    @cached_property
    def _environment(self) -> Environment:
        return self._make_environment()

    def inspect(self, file: BinaryIO, name: str, size: int) -> Inspection:
        """Inspect an open file. Reads it once, in pieces if it is large."""
        if self._goes_by_name and is_binary_name(name):
            return Inspection(Verdict.BINARY)
        start = file.read(min(size + 1, _PIECE))
        if self._is_binary(start):
            return Inspection(Verdict.BINARY)
        if size > _PIECE:
            return self._inspect_pieces(_pieces(file, start))
        verdict = self._verdict_of(start)
        if verdict is Verdict.TEXT and self._is_understood(start):
            cuttable = size <= LARGE or may_be_cut(self._settings.options, start)
            return Inspection(verdict, len(self._tag.findall(start)), cuttable, needs_jinja=False)
        return Inspection(verdict) if verdict in (Verdict.BINARY, Verdict.PLAIN) else self._inspect_pieces([start])

    def verdict(self, data: bytes, name: str) -> Verdict:
        """Return what kind of file has these bytes."""
        if self._goes_by_name and is_binary_name(name):
            return Verdict.BINARY
        return Verdict.BINARY if self._is_binary(data) else self._verdict_of(data)

    def _verdict_of(self, data: bytes) -> Verdict:
        has_tags = self._tag.search(data) is not None
        if not self._settings.normalizes_newlines:
            return Verdict.TEXT if has_tags else Verdict.PLAIN
        is_utf8 = data.isascii() or _decodes(getincrementaldecoder("utf-8")(), data, final=True)
        return self._verdict(has_tags=has_tags, has_cr=b"\r" in data, is_utf8=is_utf8)

    def may_change_context(self, data: bytes) -> bool:
        """Return whether a template with these bytes needs `changes_context`, which parses it."""
        return _MAYBE_MUTATES.search(data) is not None

    def _verdict(self, *, has_tags: bool, has_cr: bool, is_utf8: bool) -> Verdict:
        if not is_utf8:
            return Verdict.BINARY if self._settings.binary is BinaryRule.NOT_UTF8 else Verdict.NOT_UTF8
        return Verdict.TEXT if has_tags or has_cr or self._always_renders else Verdict.PLAIN

    def _is_understood(self, data: bytes) -> bool:
        """Return whether the interpreter supports all tags."""
        if self._tags is None:
            return False
        try:
            self._tags.pieces(data.decode("utf-8"))
        except (Unsupported, UnicodeDecodeError):
            return False
        return True

    def _is_binary(self, start: bytes) -> bool:
        """Return whether the first bytes show that a file is binary; rules for complete files apply later."""
        if self._goes_by_name:
            return is_binary_start(start)
        return self._goes_by_nul and has_nul_byte(start[:NUL_CHUNK])

    def _inspect_pieces(self, pieces: Iterable[bytes]) -> Inspection:
        tags, mutates, reads, has_cr, utf8, cuttable = 0, False, False, False, True, True
        decoder = getincrementaldecoder("utf-8")()
        tail = b""
        for piece in pieces:
            found = len(self._tag.findall(tail + piece if tail else piece))
            tail = piece[-self._longest_tag_start + 1 :]  # the start of a tag may be split between two pieces
            tags += found
            if found:
                mutates = mutates or _MAYBE_MUTATES.search(piece) is not None
                reads = reads or _MAYBE_READS.search(piece) is not None
                cuttable = cuttable and may_be_cut(self._settings.options, piece)
            if self._settings.normalizes_newlines:
                has_cr = has_cr or b"\r" in piece
                utf8 = utf8 and _decodes(decoder, piece)
        utf8 = utf8 and _decodes(decoder, b"", final=True)
        verdict = self._verdict(has_tags=tags > 0, has_cr=has_cr, is_utf8=utf8)
        if verdict in (Verdict.BINARY, Verdict.PLAIN):
            return Inspection(verdict)
        return Inspection(verdict, tags, cuttable, maybe_mutates=mutates, maybe_reads=reads)

    def changes_context(self, source: str, context_names: Iterable[str]) -> bool:
        """Return whether rendering `source` may change an object of the context, which affects later files.

        True for `{% do cookiecutter.update(...) %}`, false for a list that the template made itself.
        """
        from jinja2 import nodes

        names = set(context_names)
        found: list[nodes.Call | nodes.Name] = self._nodes(source, (nodes.Call, nodes.Name))
        called = [node.node for node in found if isinstance(node, nodes.Call)]
        methods = [node for node in called if isinstance(node, nodes.Getattr) and node.attr in _MUTATOR_NAMES]
        assigned = {node.name for node in found if isinstance(node, nodes.Name) and node.ctx == "store"}
        return any(root in names and root not in assigned for method in methods if (root := _root_name(method.node)))

    def outputs_read(self, source: str, evaluate: Callable[[str], Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what `source` reads of other files' outputs: targets (`output`, `sha256`) and patterns (`outputs`).

        Arguments that depend on more than the context, such as a loop variable, are not found here; the call then fails
        when it runs, unless a rule orders the files.
        """
        from jinja2 import nodes

        targets: dict[str, None] = {}
        patterns: dict[str, None] = {}
        for call in self._nodes(source, (nodes.Call,)):
            if isinstance(call.node, nodes.Name) and call.node.name in OUTPUT_FUNCTIONS and call.args:
                argument = self._constant(call.args[0], evaluate)
                if argument is not None:
                    (patterns if call.node.name == "outputs" else targets)[argument] = None
        return tuple(targets), tuple(patterns)

    def _constant(self, node: nodes.Expr, evaluate: Callable[[str], Any]) -> str | None:
        from jinja2 import nodes

        try:
            return str(node.as_const())
        except nodes.Impossible:
            pass
        except _BEYOND_PYTHON:
            return None
        try:
            text = _unparse(node)
            return str(evaluate(text)) if text else None
        except (MintageError, *_BEYOND_PYTHON):
            return None  # a loop variable, for example; the call itself reports it

    def _nodes(self, source: str, kinds: tuple[type[_Node], ...]) -> list[_Node]:
        """Return all nodes of these kinds in a template; none if its syntax is wrong, which rendering reports."""
        from jinja2.exceptions import TemplateSyntaxError

        try:
            return list(self._environment.parse(source).find_all(kinds))
        except (TemplateSyntaxError, *_BEYOND_PYTHON):
            return []


def _pieces(file: BinaryIO, first: bytes) -> Iterable[bytes]:
    """Yield `first`, and the rest of the file in pieces."""
    piece = first
    while piece:
        yield piece
        piece = file.read(_PIECE)


def _decodes(decoder: Any, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _tag_starts(options: Mapping[str, Any]) -> list[bytes]:
    starts = [str(options.get(option, default)) for option, default in _DEFAULT_STARTS.items()]
    prefixes = (options.get(f"line_{kind}_prefix") for kind in ("statement", "comment"))
    return [start.encode() for start in (*starts, *(str(prefix) for prefix in prefixes if prefix))]


def _root_name(node: nodes.Node) -> str | None:
    from jinja2 import nodes

    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Call | nodes.Filter):
        if node.node is None:
            return None
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None


def _unparse(node: nodes.Expr) -> str | None:
    """Return the source of an expression; None if it has more than names, attributes, strings and joins."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Const):
        return repr(node.value)
    if isinstance(node, nodes.Getattr):
        inner = _unparse(node.node)
        return f"{inner}.{node.attr}" if inner else None
    if isinstance(node, nodes.Concat):
        parts = [_unparse(part) for part in node.nodes]
        return " ~ ".join(part for part in parts if part) if all(parts) else None
    if isinstance(node, nodes.Add):
        left, right = _unparse(node.left), _unparse(node.right)
        return f"{left} + {right}" if left and right else None
    return None
