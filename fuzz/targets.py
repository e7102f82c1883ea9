"""What atheris feeds with bytes: one function for each part that reads what others have written."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from fuzz import properties
from mintage.rendering.settings import Newlines, RendererSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Between the files of one input.
CUT = b"\n=====\n"
# No archive of a few thousand bytes holds more by any honest way of packing.
_MOST_BYTES = 64 * 1024**2
CONTEXT: Mapping[str, Any] = {
    "a": "Zoë <b>",
    "b": "",
    "n": 7,
    "f": 1.5,
    "t": True,
    "o": None,
    "l": ["x", "y", ""],
    "p": [["a", 1], ("b", 2)],
    "d": {"k": "v", "items": "i", "_p": "p", "d": {"e": "e"}, "n": 0},
    "cookiecutter": OrderedDict(name="cc", use="y", _hidden="h"),
    "s": "  one\r\ntwo ",
}


def _text(data: bytes) -> str:
    """A text that may hold anything a Python text may."""
    return data.decode("utf-8", "surrogateescape")


def cookiecutter_json(data: bytes) -> None:
    """A cookiecutter.json, a file of the project, and a file beside it."""
    configuration, *files = data.split(CUT)
    names = ("{{cookiecutter.a}}/{{cookiecutter.b}}", "other/cookiecutter.json")
    properties.template_is_minted_or_refused(
        {"cookiecutter.json": configuration, "{{cookiecutter.a}}/x.txt": b"x", **dict(zip(names, files, strict=False))}
    )


def copier_yml(data: bytes) -> None:
    """A copier.yml, a file that it may include, and a file of the project."""
    configuration, *files = data.split(CUT)
    names = ("x.yml", "{{ a }}.txt.jinja")
    properties.template_is_minted_or_refused({"copier.yml": configuration, **dict(zip(names, files, strict=False))})


def mintage_toml(data: bytes) -> None:
    """A mintage.toml, and two files of the project."""
    configuration, *files = data.split(CUT)
    names = ("{{ a }}.txt", "x.txt")
    properties.template_is_minted_or_refused({"mintage.toml": configuration, **dict(zip(names, files, strict=False))})


def archive(data: bytes) -> None:
    """A zip file."""
    properties.archive_is_unpacked_or_refused(data, _MOST_BYTES)


def tags(data: bytes) -> None:
    """A template, which both roads must render in the same way. The first byte chooses the options."""
    if not data:
        return
    chosen = data[0]
    options = {
        "trim_blocks": bool(chosen & 1),
        "lstrip_blocks": bool(chosen & 2),
        "keep_trailing_newline": bool(chosen & 4),
    }
    if chosen & 8:
        for kind, ends in {"variable": ("[[", "]]"), "block": ("<%", "%>"), "comment": ("/*", "*/")}.items():
            options |= {f"{kind}_start_string": ends[0], f"{kind}_end_string": ends[1]}  # type: ignore[dict-item]
    newlines = Newlines.FIRST_SEEN if chosen & 16 else Newlines.LF
    made = RendererSettings(options=options, strict=not chosen & 32, newlines=newlines)
    properties.both_roads_agree(data[1:].decode("utf-8", "replace"), made, dict(CONTEXT))


def path(data: bytes) -> None:
    """A path of the output."""
    for text in (_text(data), data.decode("utf-16-le", "surrogatepass") if len(data) % 2 == 0 else ""):
        properties.path_stays_inside(text)


def trusted(data: bytes) -> None:
    """An entry of the list of trusted sources, and a URL, divided by a space."""
    entry, _, reference = _text(data).partition(" ")
    if entry.startswith("https://") and reference.startswith("https://"):
        properties.source_is_within_the_entry(entry, reference)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (cookiecutter_json, copier_yml, mintage_toml, archive, tags, path, trusted)
}
