"""What must hold for any input. Each raises AssertionError, or lets pass what no user may ever see: an exception."""

from __future__ import annotations

import io
import os
import re
import unicodedata
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from fuzz.worlds import SECONDS, SECRET, within, world
from mintage.engine.failures import GenerationFailed
from mintage.errors import MintageError, RenderError
from mintage.files.paths import validate_path
from mintage.minting.generator import Generator, Options
from mintage.report.text import error_lines, failed_lines
from mintage.report.views import VIEWS, show
from mintage.template.questions import GivenAnswers
from mintage.terminal import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mintage.rendering.settings import RendererSettings

_ADDRESS = re.compile(rb" at 0x[0-9a-f]+")  # of an object that is printed


def refused_or(action: Callable[[], Any]) -> Any:
    """What the action returns; None if it refuses, in words that can be shown."""
    try:
        return action()
    except GenerationFailed as failed:
        require_printable("\n".join(failed_lines(failed, Style(io.StringIO()))))
    except MintageError as error:
        require_printable("\n".join(error_lines(error, Style(io.StringIO()))))
    return None


def require_printable(text: str) -> None:
    """Nothing in it steers a terminal, and nothing tells what lies outside of the template."""
    steering = {char for char in text if char not in "\n\t" and unicodedata.category(char)[0] == "C"}
    assert not steering, f"{steering} in {text!r}"
    assert SECRET not in text


def path_stays_inside(target: str) -> None:
    """A path of the output is refused, or lies in the output directory, outside of any `.git`, and can be written."""
    found = refused_or(lambda: validate_path(target))
    if found is None:
        return
    assert os.path.normpath(os.path.join("/root", found)) == ("/root" if found == "." else f"/root/{found}")
    assert not {".git", ".."} & {part.lower() for part in found.split("/")}
    assert len(os.fsencode(found)) <= os.pathconf("/", "PC_PATH_MAX")
    assert "\0" not in found
    assert validate_path(found) == found


def template_is_minted_or_refused(
    files: Mapping[str, bytes | str],
    *,
    links: Mapping[str, str] | None = None,
    flags: Mapping[str, str] | None = None,
    data: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """A template gives a plan that can be shown in every view, and a project, or is refused; nothing else happens."""
    with world() as place, within(SECONDS):
        place.write(files, links)
        before = place.outside()
        generator = Generator(Options(executor="sequential", code_cache=False, **options))
        given = GivenAnswers(flags=flags or {}, data=data or {})
        plan = refused_or(lambda: generator.plan(place.template, place.output, given=given))
        if plan is not None:
            for view in VIEWS:
                require_printable(show(plan, view))
            for file in plan.files:
                assert validate_path(file.target) == file.target
            assert os.listdir(place.output.parent) == []
            refused_or(lambda: generator.generate(place.template, place.output, given=given))
        assert place.outside() == before
        place.require_no_secret_in_the_output()


def file_is_read_or_refused(name: str, content: bytes, read: Callable[[Path], Any]) -> None:
    """What reads a file of the user's or of a project gives its content, or refuses it."""
    with world() as place, within(SECONDS):
        file = place.top / "outside" / name
        file.write_bytes(content)
        refused_or(lambda: read(file))


def archive_is_unpacked_or_refused(data: bytes, limit: int) -> None:
    """An archive is unpacked into a directory of its own, without a link and with no more than `limit` bytes."""
    from mintage.sources.archive import unpack

    with world() as place, within(SECONDS):
        file = place.top / "outside" / "x.zip"
        file.write_bytes(data)
        before = place.outside()
        temporary = place.output.parent
        with temporary_files_in(temporary), ExitStack() as scratch:
            root = refused_or(lambda: unpack(file, scratch=scratch, name="x.zip"))
            found = list(temporary.rglob("*"))
            assert not any(path.is_symlink() for path in found)
            assert sum(path.stat().st_size for path in found if path.is_file()) <= limit
            assert root is None or (root.is_dir() and root.resolve().is_relative_to(temporary))
        assert place.outside() == before
        assert os.listdir(temporary) == []


def temporary_files_in(folder: Path) -> Any:
    """A block in which temporary files are made in a directory."""
    from unittest.mock import patch

    return patch("tempfile.tempdir", str(folder))


def both_roads_agree(text: str, made: RendererSettings, context: dict[str, Any]) -> None:
    """The two roads together make of a text what Jinja2 alone makes of it."""
    from mintage.rendering.dispatch import DispatchingRenderer
    from mintage.rendering.renderer import JinjaRenderer

    data = text.encode("utf-8", "surrogatepass")
    results: list[bytes | str] = []
    with within(SECONDS):
        for kind in (DispatchingRenderer, JinjaRenderer):
            try:
                rendered = kind(made, context).render(data, name="f", loader_name="f", variables={})
                results.append(_ADDRESS.sub(b"", rendered))
            except RenderError as error:
                results.append(f"{error.what} {error.where}")
    assert results[0] == results[1], f"{results} of {text!r} with {made}"


def source_is_within_the_entry(entry: str, reference: str) -> None:
    """An entry of trusted sources takes a URL only on its own server, under its own name, in its own directory."""
    from mintage.trust.trusted_sources import is_trusted

    if not refused_or(lambda: is_trusted(entry, reference)):
        return
    try:
        wanted, taken = _place(entry), _place(reference)
    except ValueError:
        return  # it is no address that anything is fetched from
    assert taken[:2] == wanted[:2], f"{entry} takes {reference}"
    if entry.endswith("/"):
        assert taken[2][: len(wanted[2])] == wanted[2], f"{entry} takes {reference}"
    else:
        assert taken[2] == wanted[2], f"{entry} takes {reference}"


def _place(address: str) -> tuple[str, str, list[str]]:
    """Scheme, server with the user's name, and the directories as a server may read them."""
    parts = urlsplit(address.removeprefix("git+"))
    path = unquote(parts.path).replace("\\", "/").rstrip("/").removesuffix(".git")
    folders = [part for part in os.path.normpath(f"/{path}").split("/") if part]
    return parts.scheme.lower(), parts.netloc.lower(), folders
