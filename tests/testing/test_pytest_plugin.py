"""The plugin for pytest, as authors of templates use it. The examples are those of docs/testing-templates.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[2] / "docs" / "testing-templates.md"
CONFIGURATION = json.dumps({"slug": "demo", "docker": False, "license": ["MIT", "BSD"], "author": "me"})


@pytest.fixture
def author(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """A template with tests: runs them with pytest. files: of the project."""

    def run(tests: str, *arguments: str, files: dict[str, str] | None = None, ini: str = "") -> pytest.RunResult:
        made = {
            "{{cookiecutter.slug}}/README.md": "# {{ cookiecutter.slug }}, {{ cookiecutter.license }}\n",
            "{{cookiecutter.slug}}/{% if cookiecutter.docker %}Dockerfile{% endif %}": "FROM python\n",
        }
        for name, text in {"cookiecutter.json": CONFIGURATION, **made, **(files or {})}.items():
            place = pytester.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile(tests)
        return pytester.runpytest_inprocess(*arguments)

    return run


def test_a_test_mints_its_template(author: Callable[..., pytest.RunResult]) -> None:
    result = author(
        """
        def test_it(mint):
            made = mint({"slug": "other"}, docker=True)
            assert made.project.name == "other"
            assert made.files == ("Dockerfile", "README.md")
            assert made.read("README.md") == "# other, MIT\\n"
            assert made.report.ok
            assert made.answers == {"slug": "other", "docker": True}
            assert mint().files == ("README.md",)
        """
    )
    result.assert_outcomes(passed=1)


def test_a_test_runs_once_for_each_case(author: Callable[..., pytest.RunResult]) -> None:
    tests = """
        import pytest

        def test_it(mint, mintage_case):
            made = mint(mintage_case)
            assert mintage_case.get("license", "MIT") in made.read("README.md")

        @pytest.mark.mintage_cases(docker=True)
        def test_docker(mint, mintage_case):
            assert "Dockerfile" in mint(mintage_case).files
        """
    author(tests, "-v").assert_outcomes(passed=6)
    author(tests, "-k", "defaults").assert_outcomes(passed=2, deselected=4)
    author(tests, "-n", "2").assert_outcomes(passed=6)


def test_the_template_is_named_by_a_setting_an_option_or_a_fixture(
    author: Callable[..., pytest.RunResult], pytester: pytest.Pytester
) -> None:
    other = pytester.mkdir("other")
    (other / "mintage.toml").write_text("[template]\nname = 'other'\n")
    (other / "only-here.txt").write_text("x")
    tests = "def test_it(mint): assert 'only-here.txt' in mint().files"
    author(tests).assert_outcomes(failed=1)
    author(tests, ini="mintage_template = other").assert_outcomes(passed=1)
    author(tests, "--mintage-template", "other").assert_outcomes(passed=1)
    fixture = "import pathlib, pytest\n@pytest.fixture(scope='session')\n"
    fixture += "def mintage_template(): return pathlib.Path(__file__).parent / 'other'\n"
    author(fixture + tests).assert_outcomes(passed=1)


def test_hooks_run_only_if_the_author_says_so(author: Callable[..., pytest.RunResult]) -> None:
    files = {"hooks/post_gen_project.sh": "#!/bin/sh\ntouch by-hook\n"}
    tests = "def test_it(mint): assert 'by-hook' in mint().files"
    author(tests, files=files).assert_outcomes(failed=1)
    author(tests, "--mintage-trust", files=files).assert_outcomes(passed=1)
    author(tests, files=files, ini="mintage_trust = true").assert_outcomes(passed=1)


def test_a_template_that_cannot_be_minted_says_what_is_wrong(author: Callable[..., pytest.RunResult]) -> None:
    files = {"cookiecutter.json": "{"}
    result = author("def test_it(mint, mintage_case): mint(mintage_case)", files=files)
    assert result.ret != 0
    assert "not valid JSON" in result.stdout.str() + result.stderr.str()


def test_answers_that_are_refused_are_named(author: Callable[..., pytest.RunResult]) -> None:
    result = author("def test_it(mint): mint(license='GPL')")
    result.assert_outcomes(failed=1)
    assert "license: 'GPL' is not one of the choices: MIT, BSD" in result.stdout.str()


def test_cases_that_cannot_be_had_are_an_error_without_a_traceback(author: Callable[..., pytest.RunResult]) -> None:
    result = author("def test_it(mintage_case): ...", "--mintage-template", "nowhere")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["error: there is no template *nowhere*", "*hint: *"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_the_example_of_the_page_passes(author: Callable[..., pytest.RunResult]) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    result = author(found[1])
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == 6


def test_pytest_starts_without_anything_of_mintage() -> None:
    code = "import sys, mintage.pytest_plugin; print(*(name for name in sys.modules if name.startswith('mintage.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert set(done.stdout.split()) == {"mintage._version", "mintage.pytest_plugin"}


def test_pytest_is_not_needed_to_run_mintage() -> None:
    code = "import sys; sys.modules['pytest'] = None; import mintage.cli.test, mintage.testing.session"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
