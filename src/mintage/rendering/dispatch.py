"""Renders files with the interpreter where it supports them, and with Jinja2 elsewhere, to the same bytes."""

from __future__ import annotations

import math
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mintage.rendering.fast.renderer import FastRenderer
from mintage.rendering.fast.tags import Tags
from mintage.rendering.fast.values import Unsupported
from mintage.rendering.text_files import decode, encode, newline_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mintage.rendering.renderer import JinjaRenderer
    from mintage.rendering.settings import Context, RendererSettings


class RenderedBy(Enum):
    """How a file was rendered."""

    FAST = "fast"
    REFERENCE = "jinja2"


class DispatchingRenderer:
    """A `Renderer` that tries the interpreter first.

    When anything fails in the interpreter, Jinja2 renders the file, and reports the failure if there is one.

    Args:
        may_be_fast: False renders all files with Jinja2.
        most_bytes: The maximum number of bytes that a file may render to.

    Attributes:
        rendered_by: What rendered the last file.
    """

    def __init__(
        self,
        settings: RendererSettings,
        context: Context,
        functions: Mapping[str, Any] | None = None,
        *,
        may_be_fast: bool = True,
        most_bytes: float = math.inf,
    ) -> None:
        self._settings = settings
        self._most_bytes = most_bytes
        self._context = context
        self._functions = functions
        tags = tags_for(settings) if may_be_fast and settings.branches is None else None
        self._fast = FastRenderer(tags, context) if tags else None
        self.rendered_by = RenderedBy.REFERENCE

    @cached_property
    def _reference(self) -> JinjaRenderer:
        from mintage.rendering.renderer import JinjaRenderer

        return JinjaRenderer(self._settings, self._context, self._functions, most_bytes=self._most_bytes)

    def render(self, data: bytes, *, name: str, loader_name: str, variables: Mapping[str, Any]) -> bytes:
        """See `Renderer.render`."""
        rendered = self.render_fast(data, name=name, variables=variables)
        if rendered is None:
            rendered = self.render_by_jinja(data, name=name, loader_name=loader_name, variables=variables)
        return rendered

    def render_fast(self, data: bytes, *, name: str, variables: Mapping[str, Any]) -> bytes | None:
        """Return the file rendered by the interpreter; None if it doesn't support the file."""
        if self._fast is None:
            return None
        try:
            text = self._fast.render(decode(data, name), variables, self._most_bytes)
            rendered = encode(text, newline_of(data, self._settings.newlines), name)
        except Exception:  # Jinja2 reports what is wrong, if anything is
            return None
        self.rendered_by = RenderedBy.FAST
        return rendered

    def render_by_jinja(self, data: bytes, *, name: str, loader_name: str, variables: Mapping[str, Any]) -> bytes:
        """Return the file rendered by Jinja2. Raises RenderError."""
        self.rendered_by = RenderedBy.REFERENCE
        return self._reference.render(data, name=name, loader_name=loader_name, variables=variables)


def tags_for(settings: RendererSettings) -> Tags | None:
    """Return the interpreter's parser of tags for these settings; None if every file needs Jinja2."""
    if not settings.extensions_are_known:
        return None  # an extension may give every expression another meaning
    try:
        return Tags(settings.options, settings.filters, settings.text_filters, settings.statements)
    except Unsupported:
        return None
