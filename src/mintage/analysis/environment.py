"""The Jinja environment in which a template is looked at. Loads foreign extensions only if that is agreed to."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.rendering.environment import make_environment

if TYPE_CHECKING:
    from jinja2 import Environment

    from mintage.rendering.settings import RendererSettings
    from mintage.template import Template

_OURS = ("jinja2.ext.", "mintage.")


class MissingExtension(Struct, frozen=True):
    """An extension that the template asks for and that cannot be loaded here."""

    name: str
    why: str
    """What is missing."""


class AnalysisEnvironment(Struct, frozen=True):
    """A Jinja environment for looking at a template."""

    environment: Environment
    """For parsing and for short expressions."""
    missing: tuple[MissingExtension, ...]
    """Extensions that cannot be loaded."""
    is_complete: bool
    """All extensions are loaded, so that a filter or tag which is not known does not exist."""


def environment_of(template: Template, *, may_load: bool) -> AnalysisEnvironment:
    """Return the template's environment.

    Args:
        may_load: Whether extensions that are not ours may be imported, which runs them.

    Raises:
        TemplateError: Its settings are not usable.
    """
    settings = template.renderer
    foreign = tuple(name for name in settings.extensions if not name.startswith(_OURS))
    missing = [found for name in foreign if (found := _missing(name, settings))]
    if may_load and not missing:
        try:
            return AnalysisEnvironment(make_environment(settings), (), is_complete=True)
        except Exception as error:  # the author's code may raise anything
            missing = [MissingExtension(name, str(error)) for name in foreign]
    ours = tuple(name for name in settings.extensions if name.startswith(_OURS))
    made = make_environment(replace(settings, extensions=ours, import_roots=(), sandboxed=True))
    return AnalysisEnvironment(made, tuple(missing), is_complete=not foreign)


def _missing(name: str, settings: RendererSettings) -> MissingExtension | None:
    """Return what is missing of an extension, as far as it shows without importing anything."""
    file, colon, _ = name.partition(":")
    if colon and file.endswith(".py"):
        found = any((Path(root) / file).is_file() for root in settings.import_roots)
        return None if found else MissingExtension(name, f"the template has no file {file}")
    top = name.partition(".")[0]
    if any((Path(root) / top).is_dir() or (Path(root) / f"{top}.py").is_file() for root in settings.import_roots):
        return None
    try:
        if top in sys.modules or find_spec(top) is not None:
            return None
    except ValueError:
        pass  # such as of `__main__`
    return MissingExtension(name, f"there is no package {top}, neither in the template nor installed beside mintage")
