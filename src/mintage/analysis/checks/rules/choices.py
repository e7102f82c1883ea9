"""Conditions that are always or never true, comparisons with impossible answers, defaults that are not choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from mintage.analysis.checks.findings import finding
from mintage.analysis.syntax import column_of
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.analysis.references import Examined
    from mintage.errors import Location
    from mintage.template.possible_answers import Domain

_EQUALITY = {"eq": "==", "ne": "!="}
_MEMBERSHIP = {"in": "in", "notin": "not in"}


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each impossible default, branch, and comparison."""
    domains = check.survey.possible_answers
    yield from _odd_defaults(check, domains)
    for each in check.examined:
        yield from _branches(check, each)
        yield from _comparisons(check, each, domains)


def _odd_defaults(check: CheckContext, domains: Mapping[str, Domain]) -> Iterator[Finding]:
    for name, domain in domains.items():
        for value in domain.odd_defaults():
            choices = [str(each) for each in domain.values]
            yield finding(
                "default-not-a-choice",
                check.place_of_default(name),
                f"the default {value!r} of {name} is not one of its choices",
                suggest(str(value), choices) or f"choose one of {', '.join(choices)}",
            )


def _branches(check: CheckContext, each: Examined) -> Iterator[Finding]:
    elifs = {id(inner) for node in each.scopes.branches for inner in node.elif_}
    for node in each.scopes.branches:
        if id(node) in elifs:
            continue
        earlier: list[nodes.Node] = []
        for branch in (node, *node.elif_):
            where = check.where(each.text, branch.lineno, column_of(branch.test))
            if branch.test in earlier:
                yield finding(
                    "unreachable-branch",
                    where,
                    "an earlier branch has the same condition, so this one is never taken",
                    "correct the condition, or remove the branch",
                )
            elif (value := _constant(branch.test)) is not None:
                others = node.else_ or node.elif_[len(earlier) :]
                yield from _constant_condition(where, value, has_others=bool(others))
            earlier.append(branch.test)


def _constant_condition(where: Location, value: bool, *, has_others: bool) -> Iterator[Finding]:
    if not value:
        message = "the condition is never true, so this branch is never taken"
        yield finding("unreachable-branch", where, message, "remove the branch, or turn it into a comment")
    elif has_others:
        message = "the condition is always true, so no other branch is ever taken"
        yield finding("unreachable-branch", where, message, "remove the other branches")


def _constant(test: nodes.Node) -> bool | None:
    """Return the value of a condition; None if it depends on something."""
    if any(test.find_all((nodes.Name, nodes.Call, nodes.Filter, nodes.Test, nodes.ExtensionAttribute))):
        return None
    if not isinstance(test, nodes.Expr) or isinstance(test, nodes.Name | nodes.Call | nodes.Filter | nodes.Test):
        return None
    try:
        return bool(test.as_const())
    except (nodes.Impossible, ArithmeticError, TypeError, ValueError):
        return None


def _comparisons(check: CheckContext, each: Examined, domains: Mapping[str, Domain]) -> Iterator[Finding]:
    for compare in each.scopes.comparisons:
        if len(compare.ops) != 1:
            continue
        operation, left, right = compare.ops[0].op, compare.expr, compare.ops[0].expr
        for name, node, is_one_of in _pairs(operation, left, right, check.survey.namespace):
            domain = domains.get(name)
            if domain is None or domain.is_constant or (not check.survey.namespace and name in each.scopes.own_names):
                continue
            if is_one_of is not None and is_one_of != domain.several:
                continue
            for value in _constants(node):
                if not domain.has(value):
                    where = check.where(each.text, node.lineno, column_of(node), str(value))
                    yield _impossible(where, name, value, domain)


def _pairs(
    operation: str, left: nodes.Expr, right: nodes.Expr, namespace: str
) -> Iterator[tuple[str, nodes.Expr, bool | None]]:
    """Yield each question, what it is compared with, and whether it must be a list (None if it doesn't matter)."""
    if operation in _EQUALITY:
        for one, other in ((left, right), (right, left)):
            if name := _question_name(one, namespace):
                yield name, other, False
    elif operation in _MEMBERSHIP:
        if (name := _question_name(left, namespace)) and isinstance(right, nodes.List | nodes.Tuple):
            yield name, right, False
        if name := _question_name(right, namespace):
            yield name, left, True


def _question_name(node: nodes.Expr, namespace: str) -> str:
    if not namespace:
        return node.name if isinstance(node, nodes.Name) else ""
    if isinstance(node, nodes.Getattr) and _is_name(node.node, namespace):
        return node.attr
    is_item = isinstance(node, nodes.Getitem) and _is_name(node.node, namespace) and isinstance(node.arg, nodes.Const)
    return str(node.arg.value) if is_item else ""  # type: ignore[attr-defined]


def _is_name(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Name) and node.name == name


def _constants(node: nodes.Expr) -> Iterator[Any]:
    for each in node.items if isinstance(node, nodes.List | nodes.Tuple) else [node]:
        if isinstance(each, nodes.Const):
            yield each.value


def _impossible(where: Location, name: str, value: Any, domain: Domain) -> Finding:
    choices = [str(choice) for choice in domain.values]
    return finding(
        "impossible-comparison",
        where,
        f"{name} is compared with {value!r}, which is not one of its choices",
        suggest(str(value), choices) or f"its choices are {', '.join(choices)}",
    )
