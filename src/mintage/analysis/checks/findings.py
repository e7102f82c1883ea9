"""What can be wrong with a template: the rules, and what they find. Looks at nothing."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from mintage.errors import Location  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Collection


class Severity(Enum):
    """How bad it is."""

    ERROR = "error"  # some project or file of it cannot be made, or not as it is written
    WARNING = "warning"  # it is hardly what the author wants
    NOTE = "note"  # it may be meant


class Rule(Struct, frozen=True):
    """Something that is looked for."""

    id: str
    """Does not change."""
    severity: Severity
    """Of most of its findings."""
    summary: str
    """One sentence."""


class Finding(Struct, frozen=True):
    """Something that a rule has found."""

    rule: str
    severity: Severity
    where: Location
    """A file relative to the template's root, its line and column from 1."""
    message: str
    suggestion: str = ""


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

RULES = {
    rule.id: rule
    for rule in (
        Rule("invalid-configuration", _E, "The template's configuration cannot be used as it is written."),
        Rule("unknown-key", _W, "A key of the configuration means nothing."),
        Rule("syntax-error", _E, "A text is no template: its tags or expressions cannot be read."),
        Rule("unknown-tag", _E, "A tag exists neither in Jinja nor in an extension of the template."),
        Rule("unknown-filter", _E, "A filter exists neither in Jinja nor in an extension of the template."),
        Rule("unknown-test", _E, "A test exists neither in Jinja nor in an extension of the template."),
        Rule("missing-extension", _E, "A Jinja extension that the template names is not there."),
        Rule("missing-template", _E, "A template that is included, imported or extended is not there."),
        Rule("foreign-syntax", _E, "A text of another language, such as GitHub Actions', looks like a tag."),
        Rule("not-utf8", _E, "A file that would be rendered is no UTF-8 text."),
        Rule("rendered-binary", _W, "A file that looks binary would be rendered."),
        Rule("undefined-variable", _E, "A name is read that no question, tag or setting gives a value."),
        Rule("asked-later", _E, "A question reads the answer to one that is asked after it."),
        Rule("unused-question", _W, "The answer to a question is read nowhere."),
        Rule("unused-variable", _N, "A variable is set and never read."),
        Rule("unreachable-branch", _W, "A part of a template is never rendered, whatever the answers are."),
        Rule("impossible-comparison", _W, "An answer is compared with a value that it never has."),
        Rule("default-not-a-choice", _E, "The default of a question is none of its choices."),
        Rule("escaping-path", _E, "A file or folder would lie outside of the project."),
        Rule("unchecked-path", _N, "An answer that may be any text is the name of a folder or file."),
        Rule("impossible-layout", _E, "With all defaults, there is no project for what its paths are."),
        Rule("colliding-paths", _W, "With some answers, two files of the template become the same file."),
        Rule("windows-path", _N, "A file cannot be made, or the template not be checked out, on Windows."),
        Rule("unmatched-rule", _W, "A rule of mintage.toml names files or tasks that are never there."),
        Rule("dependency-cycle", _E, "Files wait for each other."),
    )
}


class Checked(Struct, frozen=True):
    """What came out of a check."""

    template: str
    """As the user called it."""
    findings: tuple[Finding, ...]
    """By file and line."""

    def count(self, severity: Severity) -> int:
        """Return how many findings there are of a severity."""
        return sum(each.severity is severity for each in self.findings)

    def without(self, rules: Collection[str]) -> Checked:
        """Return the same without the findings of some rules."""
        return Checked(self.template, tuple(each for each in self.findings if each.rule not in rules))


def finding(
    rule: str, where: Location, message: str, suggestion: str = "", *, severity: Severity | None = None
) -> Finding:
    """Return a finding of a rule, of the rule's own severity unless another is given."""
    return Finding(rule, severity or RULES[rule].severity, where, message, suggestion)
