"""The formats of templates: peers of each other. Each turns a folder into a `Template`; nothing past it knows them.

A format is a module with `recognises(root)` and `load(request)`. `FORMATS` names them in the order in which a folder is
tried; `bare` takes whatever no other format claims. Modules are imported when they are tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from mintage.template import GivenAnswers
from mintage.trust import Consent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from mintage.sources import Source
    from mintage.template import Asker, Template

FORMATS: Mapping[str, str] = {
    "native": "mintage.formats.native",
    "cookiecutter": "mintage.formats.cookiecutter",
    "bare": "mintage.formats.bare",
}


@dataclass(frozen=True, slots=True)
class CookiecutterOptions:
    """What Cookiecutter's users may ask for: replaying a saved run, another user configuration, or none at all."""

    replay: bool = False
    replay_file: Path | None = None
    config_file: Path | None = None
    default_config: bool = False


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a format may use while it loads a template.

    output: what the user gave as OUTPUT. given: answers given without asking. asker: None when nobody can be asked.
    run_tasks: False leaves out hooks and tasks. scratch: closes temporary folders when the run is over.
    """

    source: Source
    scratch: ExitStack
    output: Path | None = None
    given: GivenAnswers = field(default_factory=GivenAnswers)
    asker: Asker | None = None
    consent: Consent = field(default_factory=Consent)
    run_tasks: bool = True
    overwrite: bool = False
    cookiecutter: CookiecutterOptions = field(default_factory=CookiecutterOptions)


class Format(Protocol):
    """The interface of a format's module."""

    def recognises(self, root: Path) -> bool:
        """Whether the folder holds a template of this format. Looks, but does not read much."""
        ...

    def load(self, request: LoadRequest) -> Template:
        """Turn the folder into a Template. Raises TemplateError with file and line."""
        ...


def load(request: LoadRequest) -> Template:
    """Load the template with the first format that recognises its folder."""
    for module_name in FORMATS.values():
        module = cast("Format", import_module(module_name))
        if module.recognises(request.source.root):
            return module.load(request)
    raise AssertionError("the bare format takes every folder")
