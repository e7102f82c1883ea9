"""Takes templates apart, each format in its own way. See `texts.Survey`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mintage.errors import UsageError

if TYPE_CHECKING:
    from mintage.analysis.texts import Survey
    from mintage.template import Template

_FORMATS = frozenset({"native", "cookiecutter", "copier", "bare"})


def survey(template: Template) -> Survey:
    """All pieces of template text of a loaded template.

    Raises TemplateError or UnsafePathError if its folder cannot be walked, UsageError if the format is not known here.
    """
    if template.format not in _FORMATS:
        raise UsageError(f"templates of the format {template.format} cannot be looked into")
    made: Survey = import_module(f"mintage.analysis.survey.{template.format}").survey(template)
    return made
