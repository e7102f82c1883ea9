"""Recognizes text in other languages that looks like a Jinja template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mintage.template.texts import TemplateText

_GITHUB = "an expression of GitHub Actions"
_GO = "a Go template, as used by Helm, Task and GoReleaser"
_MUSTACHE = "Handlebars or Mustache"
_LATEX = "LaTeX"
_SHELL = "a shell's ${#...}"

_GO_TAG = re.compile(r"\{\{-?\s*(?:\.|\$|/\*|(?:end|if|else|range|with|include|template|define|block|not|and|or)\b)")
_MUSTACHE_TAG = re.compile(r"\{\{[#/^>!&{]")
_LATEX_NAME = re.compile(r"\.(?:tex|bib|sty|cls|ltx|bst|bbx|cbx)\b")
_SHELL_LENGTH = re.compile(r"\$\{#")


def language_of(text: TemplateText, line: int, message: str) -> str:
    """Return the language that a text seems to be in, judging by a syntax error; "" if it looks like a template.

    Args:
        text: The text.
        line: The line of the error, from 1.
        message: What Jinja2 says about it.
    """
    lines = text.text.splitlines()
    # Jinja2 reports a tag where it ends, which may be on a later line.
    near = " ".join(lines[max(0, line - 2) : line])
    if "comment tag" in message and _SHELL_LENGTH.search(text.text):
        return _SHELL
    if _LATEX_NAME.search(text.owner):
        return _LATEX
    if "${{" in near:
        return _GITHUB
    if _MUSTACHE_TAG.search(near):
        return _MUSTACHE
    return _GO if _GO_TAG.search(near) else ""


def language_of_name(text: TemplateText, line: int, column: int | None) -> str:
    """Return the language that a text seems to be in, judging by an undefined name; "" if it looks like a template.

    Args:
        text: The text.
        line: The line of the name, from 1.
        column: Its column, from 1; None if it isn't known.
    """
    lines = text.text.splitlines()
    if line > len(lines):
        return ""
    before = lines[line - 1] if column is None else lines[line - 1][: column - 1]
    start = before.rfind("{{")
    if start > 0 and before[start - 1] == "$" and "}}" not in before[start:]:
        return _GITHUB
    return _LATEX if start >= 0 and _LATEX_NAME.search(text.owner) else ""
