"""Files that would be rendered but are not text, and what is neither file nor directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.analysis.checks.findings import finding
from mintage.errors import Location
from mintage.files.detect import is_binary_name
from mintage.rendering.inspect import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.template.texts import TemplateFile


HOW_TO_RENDER = "begin it with another line, such as a comment"


def unrendered(file: TemplateFile) -> str:
    """Return what to say of a text file that counts as binary."""
    return f"this file counts as binary because of how it begins, so it is copied although it contains {file.tag}"


def find(check: CheckContext) -> Iterator[Finding]:
    """Yield a finding for each file whose contents cannot be used as they are."""
    for file in check.survey.files:
        if file.verdict is None:
            yield finding(
                "impossible-layout",
                Location(file.path),
                "this is not a regular file, so no project can be generated",
                "a template can only contain files, directories, and links that stay inside it; remove or exclude it",
            )
            continue
        if not file.rendered:
            continue
        if file.tag:
            yield finding("unrendered-text", Location(file.path), unrendered(file), HOW_TO_RENDER)
            continue
        if file.verdict is Verdict.NOT_UTF8:
            yield finding(
                "not-utf8",
                Location(file.path),
                "this file would be rendered, but is not UTF-8 text",
                f"save it as UTF-8, or {check.survey.how_to_copy}",
            )
        elif file.verdict is Verdict.TEXT and is_binary_name(file.path.removesuffix(check.survey.suffix)):
            yield finding(
                "rendered-binary",
                Location(file.path),
                "this file looks binary, but would be rendered",
                check.survey.how_to_copy,
            )
