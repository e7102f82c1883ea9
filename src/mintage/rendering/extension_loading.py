"""Imports a template's Jinja extensions, and finds out whether an error is theirs. Knows no files to render."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Lock
from traceback import walk_tb
from typing import TYPE_CHECKING

from jinja2.utils import import_string

from mintage.errors import Location, MintageError, TemplateError, UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from jinja2 import Environment
    from jinja2.ext import Extension

_import_lock = Lock()
# Modules of extension files are named after the package that introduced `path/to/file.py:Name`.
_EXTENSION_FILES = "copier_template_extensions"
# Raised from outside to end a program, so that they aren't errors of the code that they interrupt.
_INTERRUPTIONS = (KeyboardInterrupt, GeneratorExit)


def add_extensions(environment: Environment, names: Sequence[str], roots: tuple[str, ...]) -> None:
    """Add extensions to an environment, in order.

    Args:
        environment: The environment.
        names: Import paths, or `path/to/file.py:Name` for a file in one of the roots.
        roots: Directories that modules of the template are imported from.

    Raises:
        TemplateError: One of them can't be loaded, with the line in the template that fails, whatever its code does.
        UnsafePathError: One of them is outside the template.
    """
    with _importable(roots):
        for name in names:
            try:
                environment.add_extension(_extension(name, roots))
            except (MintageError, *_INTERRUPTIONS):
                raise
            except BaseException as error:
                if type(error).__module__.startswith("mintage."):
                    raise  # the run is ending
                raise _not_loaded(name, roots, error) from error


def place_in_code(traceback: TracebackType | None, roots: Sequence[str] = ()) -> Location | None:
    """Return where the innermost frame of a template author's code is; None if there is none.

    Args:
        traceback: The traceback of an error.
        roots: Directories that the code may be in, which the place is relative to; without any, all modules count
            that are neither installed nor ours.
    """
    found: Location | None = None
    real_roots = [os.path.realpath(root) for root in roots]
    for frame, line in walk_tb(traceback):
        file = frame.f_code.co_filename
        if "__spec__" not in frame.f_globals or not os.path.isfile(file):
            continue  # a compiled template
        real = os.path.realpath(file)
        root = next((each for each in real_roots if Path(real).is_relative_to(each)), None)
        if root is not None or (not roots and not _is_installed(real)):
            found = Location(os.path.relpath(real, root) if root is not None else os.path.basename(real), line)
    return found


def _is_installed(file: str) -> bool:
    package = str(Path(__file__).parents[1])
    return any(Path(file).is_relative_to(os.path.realpath(each)) for each in (sys.prefix, sys.base_prefix, package))


def _not_loaded(name: str, roots: Sequence[str], error: BaseException) -> TemplateError:
    where = place_in_code(error.__traceback__, roots)
    hint = "report it to the template's author, or use a revision of the template that works"
    if isinstance(error, SyntaxError) and error.filename:
        root = next((root for root in roots if Path(error.filename).is_relative_to(root)), None)
        where = Location(os.path.relpath(error.filename, root) if root else error.filename, error.lineno)
        reason = f"syntax error: {error.msg}"
    elif isinstance(error, SystemExit):
        reason = f"it exits the program with status {error.code}"
    elif isinstance(error, ImportError):
        reason = str(error)
        if where is None:  # the extension itself, not what it imports
            hint = "install the package that provides it in mintage's environment"
        elif isinstance(error, ModuleNotFoundError) and error.name:
            hint = f"install {error.name.partition('.')[0]}, which it imports, in mintage's environment"
    else:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return TemplateError(f"can't load the extension {name}: {reason}", where=where, hint=hint)


def _extension(name: str, roots: Sequence[str]) -> type[Extension]:
    """Return the class for an import path, or for `path/to/file.py:Name` in one of the roots."""
    file, colon, attribute = name.partition(":")
    if not colon or not file.endswith(".py"):
        found: type[Extension] = import_string(name)
        return found
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
            return getattr(module, attribute)  # type: ignore[no-any-return]
    raise ImportError(f"the template has no file {file}")


@contextmanager
def _importable(roots: tuple[str, ...]) -> Iterator[None]:
    """Make modules in `roots` importable in the block, and forget them afterwards.

    Two templates may both have a module `local_extensions`; neither may get the other's.
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
