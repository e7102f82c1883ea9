"""A small world for one input: a template, a place for the output, and things outside that nothing may touch."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS = 5
SECRET = "the neighbour's own words"  # what a template must not read
_VARIABLES = ("HOME", "MINTAGE_CONFIG_DIR", "MINTAGE_CACHE_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
_MAKES_SENSE_HERE = ("COOKIECUTTER_CONFIG", "COPIER_SETTINGS_PATH", "COOKIECUTTER_REPO_PASSWORD")


class _HangsError(BaseException):
    """An input took too long. No error that anybody would catch on the way."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise AssertionError when what is done takes longer. For the main thread."""

    def give_up(_number: int, _frame: object) -> None:
        raise _HangsError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _HangsError as error:
        raise AssertionError(f"it took longer than {seconds} seconds") from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class World:
    """top: the directory that all is in. template, output: for one run. home: the user's own directory."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.template = top / "template"
        self.output = top / "output" / "project"
        self.home = top / "home"
        self.settings = self.home / "config" / "settings.toml"
        for folder in (self.template, self.output.parent, self.settings.parent, top / "outside"):
            folder.mkdir(parents=True)
        (top / "outside" / "secret.txt").write_text(SECRET)
        (top / "outside" / "secret.yml").write_text(f"secret: {SECRET}\n")

    def write(self, files: Mapping[str, bytes | str], links: Mapping[str, str] | None = None) -> None:
        """Put files and links into the template. A name that no file can have there is left out."""
        for name, content in files.items():
            place = self._place(name)
            if place is not None:
                place.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        for name, leads_to in (links or {}).items():
            place = self._place(name)
            if place is not None:
                place.symlink_to(leads_to)

    def _place(self, name: str) -> Path | None:
        parts = [part for part in name.split("/") if part not in ("", ".", "..")]
        if not parts or "\0" in name:
            return None
        place = self.template.joinpath(*parts)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            return None if os.path.lexists(place) else place
        except (OSError, UnicodeEncodeError):
            return None

    def outside(self) -> dict[str, tuple[int, bytes]]:
        """Everything that is neither the output nor what runs keep in the user's own directory."""
        kept = (self.output.parent, self.home)
        return {
            str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() and not path.is_symlink() else b"")
            for path in sorted(self.top.rglob("*"))
            if not any(path.is_relative_to(each) for each in kept)
        }

    def require_no_secret_in_the_output(self) -> None:
        """What lies outside of the template has not been read into the project."""
        for path in self.output.parent.rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert SECRET.encode() not in path.read_bytes(), f"{path} holds what is outside"


@contextmanager
def world() -> Iterator[World]:
    """A world that lasts as long as the block, whose user has set up nothing."""
    top = Path(os.path.realpath(tempfile.mkdtemp(prefix="mintage-fuzz-")))
    before = {name: os.environ.get(name) for name in (*_VARIABLES, *_MAKES_SENSE_HERE)}
    made = World(top)
    try:
        for name in before:
            os.environ.pop(name, None)
        os.environ["HOME"] = str(made.home)
        os.environ["MINTAGE_CONFIG_DIR"] = str(made.settings.parent)
        os.environ["MINTAGE_CACHE_DIR"] = str(made.home / "cache")
        yield made
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(top, ignore_errors=True)
