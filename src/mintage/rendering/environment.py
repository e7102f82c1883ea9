"""Builds Jinja2 environments from the settings of templates. Knows no files to render."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from jinja2.sandbox import SandboxedEnvironment

from mintage.errors import TemplateError, UnsafePathError
from mintage.files.paths import belongs_to_template
from mintage.rendering.extension_loading import add_extensions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2.runtime import Context

    from mintage.rendering.settings import RendererSettings

_LARGEST_POWER_BITS = 1_000_000


def make_environment(settings: RendererSettings) -> Environment:
    """Build an environment for one worker.

    Raises:
        TemplateError: An extension can't be imported, or Jinja2 doesn't accept an option.
    """
    # Jinja2 would search for the end of the first comment forever.
    if settings.options.get("comment_start_string") == "":
        raise TemplateError("the template's Jinja settings are invalid: comment_start_string is empty")
    kind = Sandbox if settings.sandboxed else Environment
    options: dict[str, Any] = dict(settings.options)
    options.setdefault("undefined", StrictUndefined if settings.strict else Undefined)
    loader = ContainedLoader(settings.loader_roots, settings.loader_top) if settings.loader_roots else None
    try:
        environment = kind(loader=loader, **options)
    except (TypeError, AssertionError, ValueError) as error:
        raise TemplateError(f"the template's Jinja settings are invalid: {error}") from error
    add_extensions(environment, settings.extensions, settings.import_roots)
    if settings.branches is not None:
        settings.branches.watch(environment, settings.loader_roots)
    return environment


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which also closes the access from paths to modules that Python 3.13 added.

    It refuses powers that would take hours to compute, since nothing could interrupt that.
    """

    intercepted_binops = frozenset({"**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the value of a power, unless it is too large."""
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > _LARGEST_POWER_BITS:
            raise OverflowError("the exponent is too large")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether templates may read an attribute."""
        return not (isinstance(obj, PurePath) and attr == "parser") and super().is_safe_attribute(obj, attr, value)


class ContainedLoader(FileSystemLoader):
    """Finds included templates in `roots`. Refuses links that lead out of `top`, or into a `.git` directory."""

    def __init__(self, roots: Sequence[str], top: str) -> None:
        super().__init__(list(roots))
        self._top = os.path.realpath(top) if top else ""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text of a template, its file, and a function that returns whether that is unchanged."""
        source, file, is_unchanged = super().get_source(environment, template)
        real = os.path.realpath(file)
        if self._top and not belongs_to_template(real, self._top):
            raise UnsafePathError(f"the template {template} is included from outside, at {real}")
        return source, file, is_unchanged
