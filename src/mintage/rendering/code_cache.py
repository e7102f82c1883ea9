"""Keeps compiled templates on disk, so that the next run with the same template only renders.

Cached code is run, so the directory must belong to the user, and nobody else may read or write it. The key of an entry
is a digest of everything that the code depends on. Knows neither plans nor runs.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import stat
import sys
from importlib.util import MAGIC_NUMBER
from typing import TYPE_CHECKING

import jinja2
from jinja2.bccache import BytecodeCache
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from mintage._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from jinja2.bccache import Bucket

    from mintage.rendering.settings import RendererSettings

MOST_BYTES = 128 * 1024 * 1024
_KEPT_BYTES = MOST_BYTES * 3 // 4
_FILTER = re.compile(r"\|\s*([A-Za-z_]\w*)")
_TEST = re.compile(r"\bis\s+(?:not\s+)?([A-Za-z_]\w*)")
_INCOMPLETE = ".new-"


class CodeCache:
    """Keeps the compiled templates of one environment in `folder`. When that fails, templates are compiled."""

    def __init__(self, folder: str, settings: RendererSettings) -> None:
        self._folder = folder
        self._fingerprint = repr(
            (
                __version__,
                jinja2.__version__,
                MAGIC_NUMBER,
                sys.flags.optimize,
                sorted((name, repr(value)) for name, value in settings.options.items()),
                settings.strict,
                settings.extensions,
                settings.sandboxed,
            )
        ).encode()
        self._is_usable: bool | None = None

    def code(self, source: str, name: str, file: str, compile_it: Callable[[], CodeType]) -> CodeType:
        """Return the code of a template, from the cache or compiled.

        Args:
            source: The text of the template.
            name: The name that the code reports errors with.
            file: The file that the code reports errors with.
            compile_it: Compiles the template.
        """
        if not _is_pure(source):
            return compile_it()
        key = self.key(source, name, file)
        code = self.load(key)
        if code is None:
            code = compile_it()
            self.store(key, code)
        return code

    def key(self, *parts: str) -> str:
        """Return the key for code that depends on these parts and the environment."""
        digest = hashlib.blake2b(self._fingerprint, digest_size=20)
        for part in parts:
            digest.update(b"\0%d\0" % len(part))
            digest.update(part.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def load(self, key: str) -> CodeType | None:
        """Return the code stored under a key; None if there is none that can be trusted."""
        if not self._can_be_used():
            return None
        try:
            fd = os.open(f"{self._folder}/{key}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(fd, "rb") as file:
                if not _is_ours(os.fstat(fd)):
                    return None
                checksum, data = file.read(16), file.read()
            if hashlib.blake2b(data, digest_size=16).digest() != checksum:  # the disk was full, or the system crashed
                return None
            code: CodeType = marshal.loads(data)  # noqa: S302 - from a directory of the user's alone
            os.utime(f"{self._folder}/{key}")
            return code
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def store(self, key: str, code: CodeType) -> None:
        """Store code for later runs."""
        if not self._can_be_used():
            return
        data = marshal.dumps(code)
        place = f"{self._folder}/{_INCOMPLETE}{os.getpid()}-{key}"
        try:
            fd = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with open(fd, "wb") as file:
                file.write(hashlib.blake2b(data, digest_size=16).digest() + data)
            os.rename(place, f"{self._folder}/{key}")
        except OSError:
            try:
                os.unlink(place)
            except OSError:
                pass

    def _can_be_used(self) -> bool:
        if self._is_usable is None:
            try:
                os.makedirs(self._folder, mode=0o700, exist_ok=True)
                status = os.lstat(self._folder)
                self._is_usable = stat.S_ISDIR(status.st_mode) and _is_ours(status)
            except OSError:
                self._is_usable = False
        return self._is_usable


class IncludedCode(BytecodeCache):
    """Uses a `CodeCache` for templates that others include, import or extend, which Jinja2 compiles itself."""

    def __init__(self, cache: CodeCache) -> None:
        self._cache = cache
        self._pure: set[str] = set()

    def get_source_checksum(self, source: str) -> str:
        """Return the second part of the key, and note whether the source is pure: Jinja2 passes it only here."""
        checksum = super().get_source_checksum(source)
        if _is_pure(source):
            self._pure.add(checksum)
        return checksum

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if its code is cached."""
        if bucket.checksum in self._pure:
            bucket.code = self._cache.load(self._key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code in the bucket."""
        if bucket.checksum in self._pure and bucket.code is not None:
            self._cache.store(self._key(bucket), bucket.code)

    def _key(self, bucket: Bucket) -> str:
        return self._cache.key(bucket.key, bucket.checksum)


def prune(folder: str) -> None:
    """Remove the least recently used entries, including files that killed runs left, if the cache is too large."""
    entries: list[tuple[float, int, str]] = []
    try:
        with os.scandir(folder) as found:
            for item in found:
                status = item.stat(follow_symlinks=False)
                entries.append((status.st_mtime, status.st_size, item.path))
    except OSError:
        return
    total = sum(size for _, size, _ in entries)
    if total <= MOST_BYTES:
        return
    for _, size, path in sorted(entries):
        if total <= _KEPT_BYTES:
            return
        try:
            os.unlink(path)
            total -= size
        except OSError:
            continue


def _is_ours(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _is_pure(source: str) -> bool:
    """Return whether compiling the source always results in the same code.

    Jinja2 applies filters and tests to constants while it compiles. Its own always return the same; others may use the
    clock, the disk or random numbers (`{{ 100 | ans_random }}`), and their results must not be cached.
    """
    return FILTERS.keys() >= set(_FILTER.findall(source)) and TESTS.keys() >= set(_TEST.findall(source))
