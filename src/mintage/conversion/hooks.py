"""Converts Cookiecutter's hooks: to checks of answers where that is certain to be the same, and to tasks otherwise."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mintage.conversion.model import Note

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ANSWER = re.compile(r"\{\{-?\s*cookiecutter\.(\w+)\s*-?\}\}")
_REMOVES = frozenset({"remove", "unlink", "rmtree", "removedirs", "rmdir"})
FOLDER = "hooks"


class Demand(Struct, frozen=True):
    """What a hook demands of an answer: that it matches a pattern, or is a Python identifier."""

    variable: str
    """The name of the answer."""
    pattern: str = ""
    """The pattern; "" if the answer must be an identifier."""
    message: str = ""
    """What the hook prints otherwise; "" if that is not plain text."""

    def as_keys(self, name: str) -> dict[str, str]:
        """Return the demand as keys of a question's table.

        Args:
            name: The new name of the question.
        """
        demand = {"pattern": self.pattern} if self.pattern else {"check": f"{name}.isidentifier()"}
        return {**demand, "message": self.message} if self.message else demand


def demands_of(source: str) -> list[Demand] | None:
    """Return what a Python hook demands of answers; None if it may do anything else.

    The common form: assignments of text, and `if not re.match(PATTERN, ANSWER)` or `if not ANSWER.isidentifier()` with
    prints and an exit in it.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return None
    texts: dict[str, str] = {}
    demands: list[Demand] = []
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom) or _text(statement, {}) is not None:
            continue
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            text = _text(statement.value, texts)
            if text is None or len(statement.targets) > 1:
                return None
            texts[statement.targets[0].id] = text
            continue
        demand = _demand(statement, texts)
        if demand is None:
            return None
        demands.append(demand)
    return demands


def _demand(statement: ast.stmt, texts: Mapping[str, str]) -> Demand | None:
    if not isinstance(statement, ast.If) or statement.orelse or not _refuses(statement.body):
        return None
    call = _denied(statement.test)
    if call is None or call.keywords or not isinstance(call.func, ast.Attribute):
        return None
    method = call.func.attr
    message = _message(statement.body)
    if method in ("match", "fullmatch") and _is_name(call.func.value, "re") and len(call.args) == 2:
        pattern, variable = _text(call.args[0], texts), _answer(call.args[1], texts)
        whole = _whole_pattern(pattern, method) if pattern is not None else None
        return Demand(variable, whole, message) if variable and whole else None
    if method == "isidentifier" and not call.args and (variable := _answer(call.func.value, texts)):
        return Demand(variable, message=message)
    return None


def _denied(test: ast.expr) -> ast.Call | None:
    """Return the call in `not call()` or `call() is None`; None for anything else."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Call):
        return test.operand
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and isinstance(test.left, ast.Call):
        other = test.comparators[0]
        return test.left if isinstance(other, ast.Constant) and other.value is None else None
    return None


def _whole_pattern(pattern: str, method: str) -> str | None:
    """Return a pattern for entire texts, equivalent to one for `re.match` or `re.fullmatch`; None if not certain."""
    if "{{" in pattern or "{%" in pattern:
        return None
    if method == "fullmatch" or (re.fullmatch(r"\^.*[^\\]\$", pattern, re.DOTALL) and "|" not in pattern):
        return pattern
    return None if pattern.startswith("(?") else f"(?:{pattern})(?s:.*)"


def _refuses(body: list[ast.stmt]) -> bool:
    """Return whether a block only prints something, and exits with a status that means failure."""
    *before, last = body
    if not all(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) and _says(each.value) for each in before
    ):
        return False
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call) or not last.value.args:
        return False
    function = last.value.func
    leaves = _is_name(function, "exit") or (
        isinstance(function, ast.Attribute) and function.attr == "exit" and _is_name(function.value, "sys")
    )
    status = last.value.args[0]
    return leaves and isinstance(status, ast.Constant) and status.value not in (0, None)


def _says(call: ast.Call) -> bool:
    function = call.func
    return _is_name(function, "print") or (
        isinstance(function, ast.Attribute) and function.attr in ("error", "warning", "info", "critical")
    )


def _message(body: list[ast.stmt]) -> str:
    """Return the message that a block prints; "" if it is not plain text."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and len(statement.value.args) == 1:
            said = _text(statement.value.args[0], {})
            if said and said.strip() and "{{" not in said:
                return " ".join(said.split())
    return ""


def _text(node: ast.AST, texts: Mapping[str, str]) -> str | None:
    """Return the text that an expression evaluates to; None if that is not certain."""
    if isinstance(node, ast.Expr):
        node = node.value
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return texts.get(node.id) if isinstance(node, ast.Name) else None


def _answer(node: ast.AST, texts: Mapping[str, str]) -> str:
    """Return the variable if an expression is just its answer; "" if it is anything else."""
    found = _ANSWER.fullmatch(_text(node, texts) or "")
    return found[1] if found else ""


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def task_table(script: Path, waits_for: str) -> dict[str, Any]:
    """Return the table of the task that runs a hook's script when Cookiecutter would.

    Args:
        script: The script.
        waits_for: The name of the previous task; "" for none.
    """
    table: dict[str, Any] = {"name": script.name, "script": f"{FOLDER}/{script.name}"}
    if script.stem == "pre_gen_project":
        return {**table, "where": "before"}
    return {**table, "after": [f"task:{waits_for}"] if waits_for else ["*"]}


def note_on(script: Path, source: str) -> Note:
    """Return what the user should know about a hook that became a task."""
    where = f"{FOLDER}/{script.name}"
    what = "the hook is now a task; if it fails, the project is no longer removed"
    if script.stem == "pre_gen_project":
        what = "the hook is now a task that runs before all files"
        return Note(
            what, where, hint="`pattern` and `check` of a question can reject answers without code", is_lost=False
        )
    if script.suffix == ".py" and _removes_files(source):
        hint = "files that it removes can be left out without code: `[files] exclude` with `when`, or a tag in the name"
        return Note(what, where, hint=hint, is_lost=False)
    return Note(what, where, is_lost=False)


def _removes_files(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return bool(re.search(r"\b(?:rmtree|unlink|os\.remove)\(", source))
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(each, ast.Attribute) and each.attr in _REMOVES for each in calls)
