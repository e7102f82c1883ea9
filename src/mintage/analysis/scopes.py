"""Finds the names that a template reads from outside: not those that it sets, nor macro arguments or loop variables.

Follows Jinja's scopes. Works on one syntax tree, and knows neither files nor questions.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.visitor import NodeVisitor
from msgspec.structs import replace

from mintage.analysis.symbols import EVERYTHING, Assignment, Called, Reference, Scopes, Use
from mintage.analysis.syntax import column_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SPECIAL = frozenset({"self", "super", "loop", "caller", "varargs", "kwargs"})
_DICT_METHODS = frozenset(dir(dict)) - {"get", "setdefault", "update", "__setitem__", "pop"}


def scopes_of(tree: nodes.Node, namespace: str, outer: Iterable[str] = ()) -> Scopes:
    """Return what a template does with names.

    Args:
        tree: Its syntax tree.
        namespace: The name under which templates see answers; "" for the top level.
        outer: Other names that it sees.
    """
    walker = _Walker(namespace, frozenset(outer), tree)
    walker.visit(tree)
    tested = walker.tested
    if tested:
        walker.found.uses = [
            replace(use, guarded=True) if (use.name, use.member) in tested else use for use in walker.found.uses
        ]
    return walker.found


class _Walker(NodeVisitor):
    """One walk through a syntax tree.

    Attributes:
        scopes: The names that each scope has set so far, innermost last.
        tested: The names that `is defined` tests, and whether each is a member of the namespace.
    """

    def __init__(self, namespace: str, outer: frozenset[str], tree: nodes.Node) -> None:
        self._namespace = namespace
        self._tree = tree
        self._guarded = False
        self._hoisted: frozenset[str] | None = None
        self.outer = outer
        self.scopes: list[set[str]] = [set()]
        self.tested: set[tuple[str, bool]] = set()
        self.found = Scopes()

    # Names

    def visit_Name(self, node: nodes.Name) -> None:
        """Note a name that is read or set."""
        if node.ctx != "load":
            self._set(node.name)
        elif node.name == self._namespace and not self._is_local(node.name):
            self._use(EVERYTHING, node, member=True)
        elif self._is_local(node.name):
            self.found.local_reads.add(node.name)
        else:
            self._use(node.name, node)

    def visit_NSRef(self, node: nodes.NSRef) -> None:
        """Note that an attribute of a `namespace()` is set."""
        self.found.local_reads.add(node.name)

    def visit_Getattr(self, node: nodes.Getattr) -> None:
        """Note an attribute; an attribute of the namespace is an answer."""
        if not self._is_namespace(node.node):
            self.visit(node.node)
        elif node.attr in _DICT_METHODS:
            self._use(EVERYTHING, node, member=True)
        else:
            self._use(node.attr, node, member=True, offset=1)

    def visit_Getitem(self, node: nodes.Getitem) -> None:
        """Note an item; an item of the namespace is an answer, if its name is known."""
        if not self._is_namespace(node.node):
            self.generic_visit(node)
            return
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            self._use(node.arg.value, node, member=True, offset=2)
            return
        self._use(EVERYTHING, node, member=True)
        self.visit(node.arg)

    def visit_Call(self, node: nodes.Call) -> None:
        """Note a call; some methods of the namespace read or set an answer."""
        method = node.node
        if isinstance(method, nodes.Getattr) and self._is_namespace(method.node) and self._member_method(node, method):
            for argument in (*node.args, *node.kwargs):
                self.visit(argument)
            return
        self.generic_visit(node)

    def _member_method(self, node: nodes.Call, method: nodes.Getattr) -> bool:
        names = [arg.value for arg in node.args[:1] if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
        if method.attr == "get" and names:
            with self._guarding():
                self._use(names[0], node.args[0], member=True, offset=1)
            return True
        if method.attr in ("setdefault", "__setitem__", "pop") and names:
            self.found.assigns_members.add(names[0])
            return True
        if method.attr == "update":
            for table in (arg for arg in node.args if isinstance(arg, nodes.Dict)):
                keys = (pair.key for pair in table.items)
                self.found.assigns_members.update(str(key.value) for key in keys if isinstance(key, nodes.Const))
            self.found.assigns_members.update(keyword.key for keyword in node.kwargs)
            return True
        return False

    # Filters and tests

    def visit_Filter(self, node: nodes.Filter) -> None:
        """Note a filter; `default` guards against undefined names."""
        self.found.called.append(Called("filter", node.name, node.lineno, column_of(node)))
        if node.name in ("default", "d") and node.node is not None:
            with self._guarding():
                self.visit(node.node)
            for argument in (*node.args, *node.kwargs):
                self.visit(argument)
            return
        self.generic_visit(node)

    def visit_Test(self, node: nodes.Test) -> None:
        """Note a test; a text that tests whether a name is defined expects that it may not be."""
        self.found.called.append(Called("test", node.name, node.lineno, _behind(node, len("is "))))
        if node.name not in ("defined", "undefined"):
            self.generic_visit(node)
            return
        if isinstance(node.node, nodes.Name):
            self.tested.add((node.node.name, False))
        elif isinstance(node.node, nodes.Getattr) and self._is_namespace(node.node.node):
            self.tested.add((node.node.attr, True))
        with self._guarding():
            self.visit(node.node)

    # Conditions

    def visit_If(self, node: nodes.If) -> None:
        """Note `{% if %}` and each of its `elif`s."""
        self.found.branches.append(node)
        self.generic_visit(node)

    def visit_Compare(self, node: nodes.Compare) -> None:
        """Note a comparison."""
        self.found.comparisons.append(node)
        self.generic_visit(node)

    # Scopes

    def visit_For(self, node: nodes.For) -> None:
        """Walk through a loop, whose variables are only known in it."""
        self.visit(node.iter)
        with self._scope("loop"):
            self.visit(node.target)
            for each in ([node.test] if node.test else []) + node.body:
                self.visit(each)
        with self._scope():
            for each in node.else_:
                self.visit(each)

    def visit_Macro(self, node: nodes.Macro) -> None:
        """Walk through a macro. Its body runs when it is called, and sees what has been set by then."""
        self._set(node.name)
        with self._scope("caller", "varargs", "kwargs"), self._hoisting():
            for each in (*node.args, *node.defaults, *node.body):
                self.visit(each)

    def visit_CallBlock(self, node: nodes.CallBlock) -> None:
        """Walk through `{% call %}` or an extension's tag with a body; Copier's `yield` sets a variable for it."""
        self.visit(node.call)
        with self._scope(*_yielded(node.call)):
            for each in (*node.args, *node.defaults, *node.body):
                self.visit(each)

    def visit_Block(self, node: nodes.Block) -> None:
        """Walk through a block, which sees what the template sets at its top level."""
        with self._scope(), self._hoisting():
            self.generic_visit(node)

    def visit_With(self, node: nodes.With) -> None:
        """Walk through `{% with %}`, whose values are computed outside of it."""
        for value in node.values:
            self.visit(value)
        with self._scope():
            for each in (*node.targets, *node.body):
                self.visit(each)

    def visit_FilterBlock(self, node: nodes.FilterBlock) -> None:
        """Walk through `{% filter %}`."""
        with self._scope():
            self.generic_visit(node)

    def visit_Scope(self, node: nodes.Scope) -> None:
        """Walk through a scope that an extension makes."""
        with self._scope():
            self.generic_visit(node)

    def visit_Assign(self, node: nodes.Assign) -> None:
        """Note `{% set a = b %}`."""
        self.visit(node.node)
        self.visit(node.target)
        self._note(node.target)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> None:
        """Note `{% set a %}...{% endset %}`."""
        with self._scope():
            for each in ([node.filter] if node.filter else []) + node.body:
                self.visit(each)
        self.visit(node.target)
        self._note(node.target)

    # Other templates

    def visit_Include(self, node: nodes.Include) -> None:
        """Note `{% include %}`."""
        self._refer("include", node, node.with_context, may_be_missing=node.ignore_missing)

    def visit_Extends(self, node: nodes.Extends) -> None:
        """Note `{% extends %}`."""
        self._refer("extends", node, sees_context=True)

    def visit_Import(self, node: nodes.Import) -> None:
        """Note `{% import %}`."""
        self._refer("import", node, node.with_context)
        self._set(node.target)

    def visit_FromImport(self, node: nodes.FromImport) -> None:
        """Note `{% from ... import %}`."""
        self._refer("import", node, node.with_context)
        for name in node.names:
            self._set(name if isinstance(name, str) else name[1])

    def _refer(
        self,
        tag: str,
        node: nodes.Include | nodes.Extends | nodes.Import | nodes.FromImport,
        sees_context: bool,
        *,
        may_be_missing: bool = False,
    ) -> None:
        self.visit(node.template)
        visible = self.outer.union(*self.scopes)
        if tag == "extends":
            visible |= self._set_at_top()
        names, column = _constant_names(node.template), _behind(node.template, len("'"))
        reference = Reference(tag, names, node.lineno, column, visible, sees_context, may_be_missing)
        self.found.references.append(reference)

    # The state of the walk

    def _use(self, name: str, node: nodes.Node, *, member: bool = False, offset: int = 0) -> None:
        """Note a name; `offset` is its distance from the dot, bracket or quote at which the node begins."""
        self.found.uses.append(Use(name, node.lineno, _behind(node, offset), member, self._guarded))

    def _set(self, name: str) -> None:
        self.scopes[-1].add(name)
        self.found.own_names.add(name)

    def _note(self, target: nodes.Node) -> None:
        if isinstance(target, nodes.Name):
            is_top = len(self.scopes) == 1
            self.found.assignments.append(Assignment(target.name, target.lineno, column_of(target), is_top))

    def _is_local(self, name: str) -> bool:
        if name in _SPECIAL or name in self.outer or any(name in scope for scope in self.scopes):
            return True
        return self._hoisted is not None and name in self._hoisted

    def _is_namespace(self, node: nodes.Node | None) -> bool:
        return (
            bool(self._namespace)
            and isinstance(node, nodes.Name)
            and node.name == self._namespace
            and not self._is_local(node.name)
        )

    @contextmanager
    def _scope(self, *names: str) -> Iterator[None]:
        self.scopes.append(set(names))
        try:
            yield
        finally:
            self.scopes.pop()

    @contextmanager
    def _guarding(self) -> Iterator[None]:
        before, self._guarded = self._guarded, True
        try:
            yield
        finally:
            self._guarded = before

    @contextmanager
    def _hoisting(self) -> Iterator[None]:
        before, self._hoisted = self._hoisted, self._set_at_top()
        try:
            yield
        finally:
            self._hoisted = before

    def _set_at_top(self) -> frozenset[str]:
        """Return the names that the template sets outside of macros, blocks and loops, anywhere in its text."""
        return frozenset(_set_in(getattr(self._tree, "body", ())))


def _set_in(body: Iterable[nodes.Node]) -> Iterator[str]:
    for node in body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            names = (node.target, *node.target.find_all(nodes.Name))
            yield from (name.name for name in names if isinstance(name, nodes.Name))
        elif isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.Import):
            yield node.target
        elif isinstance(node, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in node.names)
        elif isinstance(node, nodes.If):
            yield from _set_in((*node.body, *node.elif_, *node.else_))


def _behind(node: nodes.Node, offset: int) -> int | None:
    """Return the column at a distance from the beginning of a node."""
    column = column_of(node)
    return None if column is None else column + offset


def _yielded(call: nodes.Expr) -> tuple[str, ...]:
    if isinstance(call, nodes.Call) and isinstance(call.node, nodes.ExtensionAttribute) and call.node.name == "_yield":
        return tuple(arg.value for arg in call.args if isinstance(arg, nodes.Const))
    return ()


def _constant_names(node: nodes.Expr) -> tuple[str, ...]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, nodes.List | nodes.Tuple):
        names = [item.value for item in node.items if isinstance(item, nodes.Const)]
        return tuple(map(str, names)) if len(names) == len(node.items) else ()
    return ()
