"""Names that nothing defines, questions that are asked too late, questions and variables that are never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.analysis.checks.findings import Severity, finding
from mintage.analysis.foreign_syntax import language_of_name
from mintage.analysis.references import reads_by_name, reads_everything
from mintage.analysis.symbols import EVERYTHING
from mintage.template.texts import Place
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.analysis.references import Examined, Read

_WHILE_ASKING = frozenset({Place.DEFAULT, Place.CHOICES, Place.CONDITION, Place.CHECK, Place.PROMPT})


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each name that is undefined, read too early, or never used."""
    yield from _undefined(check)
    yield from _asked_later(check)
    yield from _unused_questions(check)
    for each in check.examined:
        yield from _unused_variables(check, each)


def _undefined(check: CheckContext) -> Iterator[Finding]:
    survey = check.survey
    severity = Severity.ERROR if survey.template.renderer.strict else Severity.WARNING
    for read in check.reads:
        if read.guarded or read.name == EVERYTHING:
            continue
        if check.is_known(read):
            if not read.sees_answers and check.is_answer(read):
                yield _imported_without_context(read, severity)
        elif language := _foreign(check, read):
            yield finding(
                "foreign-syntax",
                read.where,
                f"this looks like {language}, but is read as a template: {read.name} is not defined",
                f"put it between {{% raw %}} and {{% endraw %}}, or {check.survey.how_to_copy}",
                severity=severity,
            )
        elif not check.may_come_from_extension(read.name):
            yield _no_such_name(check, read, severity)


def _foreign(check: CheckContext, read: Read) -> str:
    if read.member or read.text.place is not Place.FILE or read.where.line is None:
        return ""
    return language_of_name(read.text, read.where.line, read.where.column)


def _no_such_name(check: CheckContext, read: Read, severity: Severity) -> Finding:
    survey = check.survey
    if survey.namespace and not read.member and read.name in survey.questions:
        suggestion = f"write {survey.namespace}.{read.name}"
    else:
        suggestion = suggest(read.name, [*survey.questions])
    name = f"{survey.namespace}.{read.name}" if read.member else read.name
    return finding(
        "undefined-variable",
        read.where,
        f"{_reader(read)} reads {name}, which is not defined anywhere",
        suggestion or "add a question for it, or use `default(...)` if it may be missing",
        severity=severity,
    )


def _imported_without_context(read: Read, severity: Severity) -> Finding:
    return finding(
        "undefined-variable",
        read.where,
        f"{read.name} is undefined here: an imported template doesn't see the answers",
        "import it `with context`, or pass the answer to the macro",
        severity=severity,
    )


def _reader(read: Read) -> str:
    text = read.text
    return {
        Place.FILE: "this file",
        Place.HOOK: "this hook",
        Place.PATH: f"the name {text.text}",
        Place.TASK: f"the task {text.owner}" if not text.owner.startswith("_") else "a task",
        Place.RULE: f"a rule about {text.owner}" if not text.owner.startswith("_") else text.owner,
        Place.SETTING: f"the setting {text.owner}",
    }.get(text.place, f"the question {text.owner}")


def _asked_later(check: CheckContext) -> Iterator[Finding]:
    survey = check.survey
    order = {name: number for number, name in enumerate(survey.questions)}
    severity = Severity.ERROR if survey.template.renderer.strict else Severity.WARNING
    for read in check.reads:
        text = read.text
        if text.place not in _WHILE_ASKING or read.guarded or read.name not in order:
            continue
        may_be_itself = text.place is Place.CHECK
        if order[read.name] < order[text.owner] or (may_be_itself and read.name == text.owner):
            continue
        if not check.is_answer(read):
            continue
        itself = read.name == text.owner
        yield finding(
            "asked-later",
            read.where,
            f"the question {text.owner} reads its own answer"
            if itself
            else f"the question {text.owner} reads the answer to {read.name}, which is asked later",
            "" if itself else f"ask for {read.name} first",
            severity=severity,
        )


def _unused_questions(check: CheckContext) -> Iterator[Finding]:
    if not check.survey.configuration or any(reads_everything(check)):
        return
    for name, reads in reads_by_name(check).items():
        if reads or check.may_be_used_unseen(name):
            continue
        if name.startswith("_"):
            # With one underscore, it may be a comment, or a setting for another tool that reads the file.
            if name.startswith("__"):
                yield finding(
                    "unused-variable",
                    check.survey.questions[name],
                    f"the variable {name} is never used",
                    "remove it",
                )
            continue
        yield finding(
            "unused-question",
            check.survey.questions[name],
            f"the answer to {name} is never used",
            _forgotten_underscore(check, name) or "use it, or remove the question",
        )


def _forgotten_underscore(check: CheckContext, name: str) -> str:
    return f"did you mean the setting _{name}?" if f"_{name}" in check.survey.settings else ""


def _unused_variables(check: CheckContext, each: Examined) -> Iterator[Finding]:
    scopes = each.scopes
    for assignment in scopes.assignments:
        name = assignment.name
        if name in scopes.local_reads or name.startswith("_"):
            continue
        # Templates that are included see what is set at the top, and so do those that import this one.
        if assignment.is_top and (each.included or scopes.references):
            continue
        where = check.where(each.text, assignment.line, assignment.column, name)
        yield finding("unused-variable", where, f"{name} is set but never used", "remove it")
