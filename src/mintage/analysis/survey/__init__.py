"""Takes templates apart, each format in its own way. See `texts.Survey`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mintage.analysis.texts import Survey
    from mintage.template import Template


def survey(template: Template) -> Survey:
    """All pieces of template text of a loaded template.

    Raises TemplateError or UnsafePathError if its folder cannot be walked.
    """
    made: Survey = import_module(f"mintage.analysis.survey.{template.format}").survey(template)
    return made
