"""Builds the Jinja2 environment that a template's settings ask for. Knows nothing of files to come."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from jinja2.sandbox import SandboxedEnvironment

from mintage.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.template import RendererSettings

_import_lock = Lock()


def make_environment(settings: RendererSettings) -> Environment:
    """Build an environment for one worker.

    Raises TemplateError when an extension cannot be imported or an option is unknown to Jinja2.
    """
    kind = SandboxedEnvironment if settings.sandboxed else Environment
    options: dict[str, Any] = dict(settings.options)
    options.setdefault("undefined", StrictUndefined if settings.strict else Undefined)
    loader = FileSystemLoader(list(settings.loader_roots)) if settings.loader_roots else None
    try:
        with _importable(settings.import_roots):
            return kind(loader=loader, extensions=list(settings.extensions), **options)
    except (ImportError, AttributeError) as error:
        raise TemplateError(
            f"an extension of the template could not be loaded: {error}",
            why=f"it asks for {', '.join(settings.extensions)}",
            hint="install the package that provides it into the environment of mintage",
        ) from error
    except (TypeError, AssertionError, ValueError) as error:
        raise TemplateError(f"the template's Jinja settings are not usable: {error}") from error


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
