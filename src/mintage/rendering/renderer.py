"""Renders files with Jinja2, from the bytes of a template to the bytes of the output. Knows no plans."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from mintage.rendering.bounds import joined_within
from mintage.rendering.environment import make_environment
from mintage.rendering.failures import as_render_error
from mintage.rendering.pieces import LARGE, cut
from mintage.rendering.text_files import decode, encode, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jinja2 import Template

    from mintage.rendering.branches import BranchRecorder
    from mintage.rendering.code_cache import CodeCache
    from mintage.rendering.settings import Context, RendererSettings


class Renderer(Protocol):
    """Renders the bytes of a template to the bytes of an output. An instance belongs to one worker."""

    def render(self, data: bytes, *, name: str, loader_name: str, variables: Mapping[str, Any]) -> bytes:
        """Render a file.

        Args:
            data: The bytes of the template.
            name: The template file, for messages.
            loader_name: The name that Jinja's loader has for the template; "" for `name`.
            variables: Names that only this file has.
        """
        ...


class JinjaRenderer:
    """Renders with Jinja2, which defines what a template means.

    Args:
        most_bytes: The maximum number of bytes that a file may render to.
    """

    def __init__(
        self,
        settings: RendererSettings,
        context: Context,
        functions: Mapping[str, Any] | None = None,
        *,
        most_bytes: float = math.inf,
    ) -> None:
        self._settings = settings
        self._most_bytes = most_bytes
        self._context = context
        self._environment = make_environment(settings)
        self._environment.globals.update(functions or {})
        self._cache = self._code_cache()
        # The compiled templates of repeated files, each with its source.
        self._repeated: dict[str, tuple[str, Template]] = {}

    def _code_cache(self) -> CodeCache | BranchRecorder | None:
        if self._settings.branches is not None:
            return self._settings.branches
        if not self._settings.code_cache or not self._settings.extensions_are_known:
            return None
        from mintage.rendering.code_cache import CodeCache, IncludedCode

        cache = CodeCache(self._settings.code_cache, self._settings)
        self._environment.bytecode_cache = IncludedCode(cache)
        return cache

    def render(self, data: bytes, *, name: str, loader_name: str, variables: Mapping[str, Any]) -> bytes:
        """Render a file, or raise RenderError with the template's file and line."""
        source = decode(data, name)
        context = {**self._context, **variables} if variables else self._context
        # Branches are numbered through the complete file, so that it must not be cut.
        may_cut = len(source) > LARGE and self._settings.branches is None
        pieces = cut(self._environment, source) if may_cut else None
        if pieces is None and variables:
            rendered = self._render_repeated(source, name, loader_name, context)
        elif pieces is None:
            rendered = self._render(source, name, loader_name, context)
        else:
            rendered = self._render_pieces(pieces, name, loader_name, context)
        return encode(rendered, newline_of(data, self._settings.newlines), name)

    def _render(self, source: str, name: str, loader_name: str, context: Context) -> str:
        with self._failures_explained(name):
            return self._text(self._compile(source, name, loader_name), context, name)

    def _render_repeated(self, source: str, name: str, loader_name: str, context: Context) -> str:
        """Render a file that has variables of its own, because it is one of many from the same template."""
        with self._failures_explained(name):
            compiled_from, template = self._repeated.get(name, ("", None))
            if template is None or compiled_from != source:
                template = self._compile(source, name, loader_name)
                self._repeated[name] = (source, template)
            return self._text(template, context, name)

    def _text(self, template: Template, context: Context, name: str) -> str:
        return joined_within(template.generate(context), self._most_bytes, name)

    def _render_pieces(self, pieces: Iterable[tuple[int, str]], name: str, loader_name: str, context: Context) -> str:
        rendered: list[str] = []
        compiled: dict[str, Template] = {}
        for lines_before, piece in pieces:
            with self._failures_explained(name, lines_before):
                template = compiled.get(piece)
                if template is None:
                    template = self._compile(piece, name, loader_name)
                    # Files this large are often generated, and repeat themselves.
                    compiled = {piece: template}
                rendered.append(self._text(template, context, name))
        return joined_within(rendered, self._most_bytes, name)

    def _compile(self, source: str, name: str, loader_name: str) -> Template:
        """Compile without the environment's cache, which would keep every template of the project in memory."""
        environment = self._environment
        seen_as = loader_name or name
        if self._cache is None:
            code = environment.compile(source, seen_as, name)
        else:
            code = self._cache.code(source, seen_as, name, lambda: environment.compile(source, seen_as, name))
        return environment.template_class.from_code(environment, code, environment.make_globals(None))

    @contextmanager
    def _failures_explained(self, name: str, lines_before: int = 0) -> Iterator[None]:
        try:
            yield
        except (Exception, SystemExit) as error:
            roots = self._settings.loader_roots
            raise as_render_error(
                error, name, file=name, roots=roots, lines_before=lines_before, context=self._context
            ) from error
