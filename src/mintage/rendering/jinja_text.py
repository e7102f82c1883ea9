"""Renders short texts (defaults, paths, expressions, tasks) and says where in which text it failed.

Like files, texts are rendered by the interpreter where possible; many runs never load Jinja2.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mintage.errors import RenderError
from mintage.rendering.bounds import joined_within, within_seconds
from mintage.rendering.dispatch import tags_for
from mintage.rendering.fast.renderer import FastRenderer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment, Template

    from mintage.rendering.settings import RendererSettings

_PATTERNS = "regex_"  # how the names of filters with regular expressions begin
_MOST_CHARACTERS = 16 * 1024 * 1024  # longer results are mistakes, or meant to use up the memory


class JinjaText:
    """A `TextRenderer`. Compiles each distinct text at most once.

    Args:
        may_be_fast: False renders all texts with Jinja2.
        seconds: The time that one text may take; None for no limit.
    """

    def __init__(self, settings: RendererSettings, *, may_be_fast: bool = True, seconds: float | None = None) -> None:
        self._settings = settings
        self._seconds = seconds
        self._tags = tags_for(settings) if may_be_fast else None
        self._compiled: dict[str, Template] = {}
        options = ("block_start_string", "variable_start_string", "comment_start_string")
        starts = [str(settings.options[option]) for option in options if option in settings.options]
        self._tag = re.compile("|".join(map(re.escape, (*starts, "{", "\r"))) + r"|\n\Z")
        self._has_line_tags = any(settings.options.get(f"line_{kind}_prefix") for kind in ("statement", "comment"))

    @cached_property
    def environment(self) -> Environment:
        """The environment, which is built when the first text needs it."""
        from mintage.rendering.environment import make_environment

        return make_environment(self._settings)

    def require_environment(self) -> None:
        """Raise errors in the settings or extensions now, instead of when the first text needs them."""
        assert self.environment is not None

    def text(self, template: str, context: Mapping[str, Any], *, what: str) -> str:
        """Render a text. `what` names it in the error, such as "the path docs/{{ x }}.md"."""
        if self.is_plain(template):
            return template
        if self._tags is not None:
            try:
                # A regular expression may take forever. Other texts take less time than setting a timer.
                with within_seconds(self._seconds if _PATTERNS in template else None, what):
                    return FastRenderer(self._tags, context).render(template, {})
            except RenderError:  # it took too long
                raise
            except Exception:  # noqa: S110 - Jinja2 reports what is wrong, if anything is
                pass
        try:
            compiled = self._compiled.get(template)
            if compiled is None:
                compiled = self._compiled[template] = self.environment.from_string(template)
            with within_seconds(self._seconds, what):
                return joined_within(compiled.generate(context), _MOST_CHARACTERS, what)
        except (Exception, SystemExit) as error:
            from mintage.rendering.failures import as_render_error

            raise as_render_error(error, what, context=context) from error

    def value(self, expression: str, context: Mapping[str, Any], *, what: str) -> Any:
        """Evaluate an expression written without delimiters."""
        try:
            compiled = self.environment.compile_expression(expression, undefined_to_none=False)
            with within_seconds(self._seconds, what):
                result = compiled(dict(context))
                if isinstance(result, self.environment.undefined):
                    str(result)  # a strict undefined raises its own message here
                return result
        except (Exception, SystemExit) as error:
            from mintage.rendering.failures import as_render_error

            raise as_render_error(error, what, context=context) from error

    def is_plain(self, template: str) -> bool:
        """Return whether a text certainly has nothing to render."""
        return not self._has_line_tags and self._tag.search(template) is None
