"""The Jinja environment in which a template is analyzed. Loads the author's extensions only with consent."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mintage.errors import TemplateError
from mintage.rendering.environment import make_environment

if TYPE_CHECKING:
    from jinja2 import Environment

    from mintage.errors import Location
    from mintage.rendering.settings import RendererSettings
    from mintage.template import Template

_OURS = ("jinja2.ext.", "mintage.")


class MissingExtension(Struct, frozen=True):
    """An extension that the template needs and that cannot be loaded here."""

    name: str
    """The extension, as the template names it."""
    why: str
    """What is missing, or what is wrong with it."""
    where: Location | None = None
    """The line of its code that fails, relative to the template; None if that isn't known."""


class AnalysisEnvironment(Struct, frozen=True):
    """The Jinja environment in which a template is analyzed."""

    jinja: Environment
    """Parses texts and evaluates short expressions."""
    missing: tuple[MissingExtension, ...]
    """The extensions that cannot be loaded."""
    is_complete: bool
    """Whether all extensions are loaded, so that an unknown filter or tag really doesn't exist."""


def environment_of(template: Template, *, may_load: bool) -> AnalysisEnvironment:
    """Return the environment of a template.

    Args:
        template: The template.
        may_load: Whether extensions other than Jinja's and Mintage's may be imported, which runs their code.

    Raises:
        TemplateError: No environment can be made with its settings.
    """
    settings = template.renderer
    foreign = tuple(name for name in settings.extensions if not name.startswith(_OURS))
    missing = [found for name in foreign if (found := _missing(name, settings))]
    if may_load and not missing:
        try:
            return AnalysisEnvironment(make_environment(settings), (), is_complete=True)
        except TemplateError as error:
            begun, _, why = error.what.partition(": ")
            missing = [MissingExtension(name, why, error.where) for name in foreign if begun.endswith(f" {name}")]
            if not missing:
                raise
    ours = tuple(name for name in settings.extensions if name.startswith(_OURS))
    made = make_environment(replace(settings, extensions=ours, import_roots=(), sandboxed=True))
    return AnalysisEnvironment(made, tuple(missing), is_complete=not foreign)


def _missing(name: str, settings: RendererSettings) -> MissingExtension | None:
    """Return why an extension can't be loaded, as far as that is known without importing it."""
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
        pass  # `find_spec` raises it for `__main__`
    return MissingExtension(name, f"there is no package {top}, either in the template or installed next to mintage")
