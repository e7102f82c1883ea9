"""Records which branches of templates are taken. Changes nothing of what they render to; knows no runs.

When Jinja2 compiles a template, every test of an `if` and every body of a loop gets a call that notes what happened.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.bccache import BytecodeCache
from jinja2.compiler import CodeGenerator
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

    from jinja2 import Environment
    from jinja2.bccache import Bucket
    from jinja2.compiler import Frame

Reached = frozenset[tuple[str, int]]


class Branch(Struct, frozen=True):
    """A part of a template that is rendered in some cases."""

    line: int
    """The line that it is on."""
    unless: str
    """What to report if it was never rendered, such as "if is never true"."""


class BranchRecorder:
    """Records the branches of all templates that watched environments compile, and those that rendering took.

    Keeps compiled templates for other runs with the same settings. For one thread, and the files of one template.
    """

    def __init__(self) -> None:
        self.branches: dict[str, tuple[Branch, ...]] = {}
        self._reached: set[tuple[str, int]] = set()
        self._code: dict[tuple[str, ...], CodeType] = {}
        self._roots: tuple[str, ...] = ()

    def watch(self, environment: Environment, roots: tuple[str, ...]) -> None:
        """Record the branches of the templates of an environment.

        Args:
            environment: The environment, which has not compiled anything yet.
            roots: The directories of included templates.
        """
        self._roots = roots
        generator = type("MarkingGenerator", (_MarkingGenerator,), {"recorder": self})
        environment.code_generator_class = generator
        environment.bytecode_cache = _KeptCode(self._code)
        # The names by which compiled templates find these functions.
        vars(environment).update({_TESTED: self._note_test, _ENTERED: self._note_entry})

    def code(self, source: str, name: str, file: str, compile_it: Callable[[], CodeType]) -> CodeType:
        """Return the code of a template; see `CodeCache.code`."""
        key = (source, name, file)
        if key not in self._code:
            self._code[key] = compile_it()
        return self._code[key]

    def take(self) -> Reached:
        """Return the branches that were taken since the last call, as files and indexes in `branches`."""
        reached = frozenset(self._reached)
        self._reached.clear()
        return reached

    def file_of(self, path: str) -> str:
        """Return the name, relative to its root, of a file that was compiled."""
        for root in self._roots:
            if path.startswith(f"{root}/"):
                return os.path.relpath(path, root)
        return path

    def _note_test(self, file: str, if_true: int, if_false: int, value: Any) -> bool:
        is_true = bool(value)
        number = if_true if is_true else if_false
        if number >= 0:
            self._reached.add((file, number))
        return is_true

    def _note_entry(self, file: str, number: int) -> None:
        self._reached.add((file, number))


_TESTED = "mintage_tested"
_ENTERED = "mintage_entered"
_NOTHING = -1  # the false outcome of a test that an `elif` follows, whose own test notes what happens next


class _MarkingGenerator(CodeGenerator):
    """Jinja's generator, which first adds the calls. Texts without a file, such as paths and defaults, get none."""

    recorder: BranchRecorder

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Add the calls to a template, and compile it."""
        if self.filename:
            file = self.recorder.file_of(self.filename)
            self.recorder.branches[file] = _Marking(file, self.environment).mark(node)
        super().visit_Template(node, frame)


class _Marking:
    """Adds calls to the syntax tree of one template."""

    def __init__(self, file: str, environment: Environment) -> None:
        self._file = file
        self._environment = environment
        self._branches: list[Branch] = []

    def mark(self, template: nodes.Template) -> tuple[Branch, ...]:
        found = list(template.find_all((nodes.If, nodes.For, nodes.CondExpr)))
        followers = {id(follower) for node in found if isinstance(node, nodes.If) for follower in node.elif_}
        for node in found:
            if isinstance(node, nodes.For):
                entered = self._call(_ENTERED, node.lineno, self._add(node.lineno, "for is never entered"))
                node.body.insert(0, nodes.ExprStmt(entered, lineno=node.lineno))
                if node.else_:
                    number = self._add(_line(node.else_, node.lineno), "else is never reached")
                    entered = self._call(_ENTERED, node.lineno, number)
                    node.else_.insert(0, nodes.ExprStmt(entered, lineno=node.lineno))
            elif isinstance(node, nodes.CondExpr):
                if_true = self._add(node.lineno, "if in an expression is never true")
                if_false = self._add(node.lineno, "if in an expression is never false")
                node.test = self._tested(node.test, if_true, if_false)
            elif isinstance(node, nodes.If) and id(node) not in followers:
                self._mark_if(node)
        return tuple(self._branches)

    def _mark_if(self, node: nodes.If) -> None:
        """Add one branch for each body, and one for when none of the tests is true, with or without an `else`."""
        tests: list[nodes.If] = [node, *node.elif_]
        before, last = tests[:-1], tests[-1]
        numbers = [self._add(test.lineno, f"{'if' if test is node else 'elif'} is never true") for test in tests]
        if node.else_:
            none_true = self._add(_line(node.else_, last.lineno), "else is never reached")
        else:
            unless = "if is never false" if last is node else "one of if and elif is always true"
            none_true = self._add(node.lineno, unless)
        for test, number in zip(before, numbers, strict=False):
            test.test = self._tested(test.test, number, _NOTHING)
        last.test = self._tested(last.test, numbers[-1], none_true)

    def _add(self, line: int, unless: str) -> int:
        self._branches.append(Branch(line, unless))
        return len(self._branches) - 1

    def _tested(self, test: nodes.Node, if_true: int, if_false: int) -> nodes.Call:
        assert isinstance(test, nodes.Expr)
        call = self._call(_TESTED, test.lineno, if_true, if_false)
        call.args.append(test)
        return call

    def _call(self, function: str, line: int, *numbers: int) -> nodes.Call:
        arguments: list[nodes.Expr] = [nodes.Const(self._file), *map(nodes.Const, numbers)]
        call = nodes.Call(nodes.EnvironmentAttribute(function), arguments, [], None, None)
        call.set_lineno(line, override=True)
        call.set_environment(self._environment)
        return call


def _line(body: list[nodes.Node], otherwise: int) -> int:
    return body[0].lineno if body else otherwise


class _KeptCode(BytecodeCache):
    """Keeps the code of included templates, for other environments with the same settings."""

    def __init__(self, code: dict[tuple[str, ...], CodeType]) -> None:
        self._code = code

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if its code is kept."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code in the bucket."""
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


def never_reached(branches: dict[str, tuple[Branch, ...]], reached: Reached) -> Iterator[tuple[str, Branch]]:
    """Yield the branches that were never taken, by file and line."""
    for file in sorted(branches):
        for number, branch in sorted(enumerate(branches[file]), key=lambda each: each[1].line):
            if (file, number) not in reached:
                yield file, branch
