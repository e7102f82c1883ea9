"""What can be wrong with a template: the rules, and their findings, as plain values."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import Location  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Collection


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"  # a project or file cannot be generated, or not as it is written
    WARNING = "warning"  # it is probably not what the author wants
    NOTE = "note"  # it may be intended


class Rule(Struct, frozen=True):
    """Something that may be wrong with a template."""

    id: str
    """Its name, which stays the same in all versions."""
    severity: Severity
    """The severity of most of its findings."""
    summary: str
    """What is wrong, in one sentence."""


class Finding(Struct, frozen=True):
    """Something that is wrong with a template."""

    rule: str
    """The id of the rule that found it."""
    severity: Severity
    where: Location
    """The file, relative to the template's root, with line and column from 1."""
    message: str
    """What is wrong."""
    suggestion: str = ""
    """What to do about it; "" if that is obvious."""


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES = {
    rule.id: rule
    for rule in (
        Rule("invalid-configuration", _E, "The template's configuration is invalid."),
        Rule("unknown-key", _W, "A key of the configuration is unknown."),
        Rule("syntax-error", _E, "The tags or expressions of a text cannot be parsed."),
        Rule("unknown-tag", _E, "A tag exists neither in Jinja nor in an extension of the template."),
        Rule("unknown-filter", _E, "A filter exists neither in Jinja nor in an extension of the template."),
        Rule("unknown-test", _E, "A test exists neither in Jinja nor in an extension of the template."),
        Rule("missing-extension", _E, "A Jinja extension that the template names does not exist."),
        Rule("missing-template", _E, "A template that is included, imported or extended does not exist."),
        Rule("foreign-syntax", _E, "Text in another language, such as that of GitHub Actions, looks like a tag."),
        Rule("not-utf8", _E, "A file that would be rendered is not UTF-8 text."),
        Rule("unrendered-text", _W, "A text file with tags counts as binary, and is copied."),
        Rule("rendered-binary", _W, "A file that looks binary would be rendered."),
        Rule("undefined-variable", _E, "A name is read that no question, tag or setting defines."),
        Rule("asked-later", _E, "A question reads the answer to a later one."),
        Rule("unused-question", _W, "The answer to a question is never used."),
        Rule("unused-variable", _N, "A variable is set but never used."),
        Rule("unreachable-branch", _W, "A part of a template is never rendered, whatever the answers are."),
        Rule("impossible-comparison", _W, "An answer is compared with a value that it never has."),
        Rule("default-not-a-choice", _E, "The default of a question is not one of its choices."),
        Rule("escaping-path", _E, "A file or directory would lie outside of the project."),
        Rule("unchecked-path", _N, "An answer that may be any text becomes the name of a directory or file."),
        Rule("impossible-layout", _E, "With all defaults, the paths of the template are not valid."),
        Rule("colliding-paths", _W, "With some answers, two files of the template become the same file."),
        Rule("windows-path", _N, "On Windows, a file cannot be generated, or the template cannot be checked out."),
        Rule("unmatched-rule", _W, "A rule of mintage.toml names files or tasks that never exist."),
        Rule("dependency-cycle", _E, "Files depend on each other."),
        Rule("unknown-output", _E, "An output is read that is only known during rendering."),
    )
}


class Checked(Struct, frozen=True):
    """The result of a check."""

    template: str
    """The template, as the user named it."""
    findings: tuple[Finding, ...]
    """By file and line."""

    def count(self, severity: Severity) -> int:
        """Return how many findings there are of a severity."""
        return sum(each.severity is severity for each in self.findings)

    def without(self, rules: Collection[str]) -> Checked:
        """Return the result without the findings of some rules."""
        return Checked(self.template, tuple(each for each in self.findings if each.rule not in rules))


def finding(
    rule: str, where: Location, message: str, suggestion: str = "", *, severity: Severity | None = None
) -> Finding:
    """Return a finding.

    Args:
        rule: The id of the rule.
        where: The file, relative to the template's root, with line and column from 1.
        message: What is wrong.
        suggestion: What to do about it.
        severity: Its severity; None for that of the rule.
    """
    return Finding(rule, severity or RULES[rule].severity, where, message, suggestion)
