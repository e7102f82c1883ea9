"""Texts that Jinja2 cannot parse, and filters, tests, tags, extensions and templates that don't exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.analysis.checks.findings import finding
from mintage.analysis.foreign_syntax import language_of
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.analysis.references import Examined

_TAGS = (
    *("autoescape", "block", "call", "extends", "filter", "for", "from", "if", "import", "include", "macro"),
    *("print", "raw", "set", "with"),
)
_NO_TEMPLATE = "if this text is not a template, put it between {% raw %} and {% endraw %}"


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for everything that Jinja2 would refuse to compile."""
    yield from _missing_extensions(check)
    for each in check.examined:
        yield from _syntax(check, each)
        yield from _unknown_tags(check, each)
        yield from _unknown_calls(check, each)
        yield from _missing_templates(check, each)


def _missing_extensions(check: CheckContext) -> Iterator[Finding]:
    for missing in check.environment.missing:
        yield finding(
            "missing-extension",
            missing.where or check.place_of_setting(missing.name),
            f"can't load the extension {missing.name}: {missing.why}",
            "" if missing.where else "install the package that provides it next to mintage, or correct its name",
        )


def _syntax(check: CheckContext, each: Examined) -> Iterator[Finding]:
    error = each.parsed.error
    if error is None:
        return
    where = check.where(each.text, error.line)
    if language := language_of(each.text, error.line, error.message):
        yield finding(
            "foreign-syntax",
            where,
            f"this looks like {language}, but is read as a template: {error.message}",
            f"put it between {{% raw %}} and {{% endraw %}}, or {check.survey.how_to_copy}",
        )
        return
    what = "" if each.text.file == each.text.owner else f" of {each.text.owner}"
    yield finding("syntax-error", where, f"the template text{what} cannot be parsed: {error.message}", _NO_TEMPLATE)


def _unknown_tags(check: CheckContext, each: Examined) -> Iterator[Finding]:
    for tag in each.parsed.unknown_tags:
        if not check.may_come_from_extension(tag.name):
            known = [name for kind in check.environment.jinja.iter_extensions() for name in kind.tags]
            yield finding(
                "unknown-tag",
                check.where(each.text, tag.line, tag.column, tag.name),
                f"unknown tag {tag.name!r}",
                suggest(tag.name, [*_TAGS, *known]) or _NO_TEMPLATE,
            )


def _unknown_calls(check: CheckContext, each: Examined) -> Iterator[Finding]:
    environment = check.environment.jinja
    known = {"filter": environment.filters, "test": environment.tests}
    for called in each.scopes.called:
        if called.name not in known[called.kind] and not check.may_come_from_extension(called.name):
            yield finding(
                f"unknown-{called.kind}",
                check.where(each.text, called.line, called.column, called.name),
                f"unknown {called.kind} {called.name!r}",
                suggest(called.name, list(known[called.kind]))
                or "list the extension that provides it in the template's configuration",
            )


def _missing_templates(check: CheckContext, each: Examined) -> Iterator[Finding]:
    for reference in each.scopes.references:
        if not reference.names or reference.may_be_missing or any(map(check.place_of, reference.names)):
            continue
        name = reference.names[0]
        yield finding(
            "missing-template",
            check.where(each.text, reference.line, reference.column, name),
            f"can't {reference.tag.removesuffix('s')} {name}: there is no such template",
            suggest(name, check.loader_names, likeness=0.6)
            or f"names are relative to {check.where_included or 'the template'}",
        )
