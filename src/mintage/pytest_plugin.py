"""For pytest: mints a template in tests of its author. Imports nothing of Mintage before a test wants it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mintage.errors import MintageError
    from mintage.report import Report

_TEMPLATE = "mintage_template"
_TRUST = "mintage_trust"
_MARKER = "mintage_cases"
_CASE = "mintage_case"
_Cases = tuple[tuple[str, dict[str, Any]], ...]
_known_cases = pytest.StashKey[dict[str, _Cases]]()


class Minted:
    """A project that was made.

    Args:
        report: What became of the run.
        answers: Those that were given.

    Attributes:
        project: Its directory.
    """

    def __init__(self, report: Report, answers: Mapping[str, Any]) -> None:
        self.report = report
        self.project: Path = report.destination
        self.answers = dict(answers)

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of the project, by its path, sorted."""
        found = (path for path in self.project.rglob("*") if path.is_symlink() or not path.is_dir())
        return tuple(sorted(path.relative_to(self.project).as_posix() for path in found))

    def read(self, file: str) -> str:
        """Return the text of a file of the project."""
        return (self.project / file).read_text("utf-8")

    def __repr__(self) -> str:
        return f"<project in {self.project}, made with {self.answers}>"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the template is, and whether its author's code may run."""
    group = parser.getgroup("mintage", "projects from templates, made by Mintage")
    group.addoption("--mintage-template", metavar="DIR", help="the template to test (default: the root of the tests)")
    group.addoption("--mintage-trust", action="store_true", default=None, help="run its hooks, tasks and extensions")
    parser.addini(_TEMPLATE, "the template to test, relative to this file (default: its directory)", default="")
    parser.addini(_TRUST, "run the template's hooks, tasks and extensions", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    text = f"{_MARKER}(**answers): all pairs of answers in `{_CASE}`, with these answers in every case"
    config.addinivalue_line("markers", text)
    config.stash[_known_cases] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case, where the argument `mintage_case` is wanted."""
    if _CASE not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker(_MARKER)
    cases = _cases(metafunc.config, dict(marker.kwargs) if marker else {})
    metafunc.parametrize(_CASE, [answers for _, answers in cases], ids=[name for name, _ in cases])


@pytest.fixture(scope="session")
def mintage_template(pytestconfig: pytest.Config) -> Path:
    """The template that `mint` mints. A fixture of this name in the tests names another one."""
    return _template(pytestconfig)


@pytest.fixture
def mint(mintage_template: Path, tmp_path: Path, pytestconfig: pytest.Config) -> Callable[..., Minted]:
    """Mint the template: `mint(name="demo")` or `mint({"name": "demo"})`, with answers by question.

    Nothing is asked, and no user's settings count. Returns a `Minted`; raises MintageError and GenerationFailed.
    """
    made = 0

    def mint_project(answers: Mapping[str, Any] | None = None, /, **more: Any) -> Minted:
        from contextlib import ExitStack

        from mintage.minting.generator import Generator, Options
        from mintage.template.questions import GivenAnswers
        from mintage.testing.template_under_test import fetch_as_it_is

        nonlocal made
        made += 1
        given = {**(answers or {}), **more}
        trusts = _trusts(pytestconfig)
        with ExitStack() as scratch:
            source, options = fetch_as_it_is(mintage_template, Options(trust=trusts, run_tasks=trusts), scratch)
            place = tmp_path / f"minted-{made}" / "project"
            return Minted(Generator(options).generate(source, place, given=GivenAnswers(data=given)), given)

    return mint_project


def _cases(config: pytest.Config, given: dict[str, Any]) -> _Cases:
    """Return names and answers of all cases, found once for each set of answers."""
    known = config.stash[_known_cases]
    key = repr(sorted(given.items()))
    if key not in known:
        from mintage.errors import MintageError
        from mintage.minting.options import Options
        from mintage.template.questions import GivenAnswers
        from mintage.testing.model import TestRequest
        from mintage.testing.session import cases_of

        options = Options(trust=_trusts(config))
        try:
            cases = cases_of(TestRequest(_template(config), GivenAnswers(data=given), options))
        except MintageError as error:
            raise pytest.Collector.CollectError(_told(error)) from error
        known[key] = tuple((case.name, {**given, **case.answers}) for case in cases)
    return known[key]


def _told(error: MintageError) -> str:
    """Return what Mintage would print: pytest shows it without a traceback."""
    from io import StringIO

    from mintage.report.text import error_lines
    from mintage.terminal import Style

    return "\n".join(error_lines(error, Style(StringIO())))


def _template(config: pytest.Config) -> Path:
    """Return what the option names, relative to where pytest was started; else the setting, relative to its file."""
    if named := config.getoption(_TEMPLATE):
        return (config.invocation_params.dir / str(named)).resolve()
    above = config.inipath.parent if config.inipath else config.rootpath
    return (above / str(config.getini(_TEMPLATE))).resolve()


def _trusts(config: pytest.Config) -> bool:
    return bool(config.getoption(_TRUST) or config.getini(_TRUST))
