"""Builds the Jinja2 environment that a template's settings ask for. Knows nothing of files to come."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path, PurePath
from threading import Lock
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from jinja2.sandbox import SandboxedEnvironment

from mintage.errors import TemplateError, UnsafePathError
from mintage.files.paths import belongs_to_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jinja2.ext import Extension
    from jinja2.runtime import Context

    from mintage.rendering.settings import RendererSettings

_import_lock = Lock()
_LARGEST_POWER_BITS = 1_000_000
_EXTENSION_FILES = "copier_template_extensions"  # the package whose way of naming files this is; modules get this name


def make_environment(settings: RendererSettings) -> Environment:
    """Build an environment for one worker.

    Raises:
        TemplateError: An extension cannot be imported or an option is unknown to Jinja2.
    """
    if settings.options.get("comment_start_string") == "":  # Jinja2 would look for the end of the first one for ever
        raise TemplateError("the template's Jinja settings are invalid: comments start with an empty text")
    kind = Sandbox if settings.sandboxed else Environment
    options: dict[str, Any] = dict(settings.options)
    options.setdefault("undefined", StrictUndefined if settings.strict else Undefined)
    loader = ContainedLoader(settings.loader_roots, settings.loader_top) if settings.loader_roots else None
    try:
        with _importable(settings.import_roots):
            extensions = [_extension(name, settings.import_roots) for name in settings.extensions]
            environment = kind(loader=loader, extensions=extensions, **options)
    except (ImportError, AttributeError) as error:
        theirs = [name for name in settings.extensions if not name.startswith("mintage.")]
        raise TemplateError(
            f"can't load an extension of the template: {error}",
            why=f"it asks for {', '.join(theirs)}",
            hint="install the package that provides it in mintage's environment",
        ) from error
    except (TypeError, AssertionError, ValueError) as error:
        raise TemplateError(f"the template's Jinja settings are invalid: {error}") from error
    if settings.branches is not None:
        settings.branches.watch(environment, settings.loader_roots)
    return environment


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, without the way from a path object to the modules that Python 3.13 opened.

    Nor does it compute powers that keep the processor busy for hours: nothing could interrupt that.
    """

    intercepted_binops = frozenset({"**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the value of a power."""
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > _LARGEST_POWER_BITS:
            raise OverflowError("the exponent is too large")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether templates may read the attribute."""
        return not (isinstance(obj, PurePath) and attr == "parser") and super().is_safe_attribute(obj, attr, value)


class ContainedLoader(FileSystemLoader):
    """Finds templates to include in `roots`. A link that leads out of `top`, or into a `.git` directory, is refused."""

    def __init__(self, roots: Sequence[str], top: str) -> None:
        super().__init__(list(roots))
        self._top = os.path.realpath(top) if top else ""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the template's text, its file, and whether that is still what was read."""
        source, file, is_unchanged = super().get_source(environment, template)
        real = os.path.realpath(file)
        if self._top and not belongs_to_template(real, self._top):
            raise UnsafePathError(f"the template {template} is included from outside, at {real}")
        return source, file, is_unchanged


def _extension(name: str, roots: Sequence[str]) -> str | type[Extension]:
    """Return the extension for an import path, or the class itself for `path/to/file.py:Name` in one of the roots."""
    file, colon, attribute = name.partition(":")
    if not colon or not file.endswith(".py"):
        return name
    for root in roots:
        place = os.path.realpath(os.path.join(root, file))
        if os.path.isfile(place):
            if not Path(place).is_relative_to(os.path.realpath(root)):
                raise UnsafePathError(f"the extension {name} is outside the template, at {place}")
            spec = spec_from_file_location(f"{_EXTENSION_FILES}.{Path(file).stem}", place)
            assert spec is not None
            assert spec.loader is not None
            module = module_from_spec(spec)
            sys.modules[module.__name__] = module
            spec.loader.exec_module(module)
            found: type[Extension] = getattr(module, attribute)
            return found
    raise ImportError(f"the template has no file {file}")


@contextmanager
def _importable(roots: tuple[str, ...]) -> Iterator[None]:
    """Let modules in `roots` be imported, and forget them afterwards.

    Two templates may both bring a module `local_extensions`; neither may see the other's, nor stay for others to find.
    """
    if not roots:
        yield
        return
    with _import_lock:
        before = set(sys.modules)
        sys.path.extend(roots)
        wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            yield
        finally:
            sys.dont_write_bytecode = wrote_bytecode
            for root in roots:
                sys.path.remove(root)
            for name in set(sys.modules) - before:
                if _lies_in(sys.modules[name], roots):
                    del sys.modules[name]


def _lies_in(module: object, roots: tuple[str, ...]) -> bool:
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", [])), None)
    return file is not None and any(Path(file).is_relative_to(root) for root in roots)
