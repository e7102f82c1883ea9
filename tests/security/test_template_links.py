"""No link in a template leads to what lies outside of it: not as a file, a directory, an include or a configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]
    Made = Callable[[], dict[str, str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")


@pytest.mark.parametrize("kind", FORMATS)
class TestALinkThatLeadsOut:
    """Is refused before anything is written."""

    def test_to_a_file(self, hostile: Hostile, mint: Run, outside: Path, tmp_path: Path, kind: str) -> None:
        done = mint(hostile(kind, {"link": f"-> {outside}/secret", "good": ""}))
        assert done.returncode == 3
        assert "link" in done.stderr
        assert not (tmp_path / "out").exists()

    def test_by_a_relative_path(self, hostile: Hostile, mint: Run, outside: Path, tmp_path: Path, kind: str) -> None:
        up = "../../.." if kind == "cookiecutter" else "../.."
        done = mint(hostile(kind, {"a/link": f"-> {up}/{outside.name}/secret", "good": ""}))
        assert done.returncode == 3
        assert not (tmp_path / "out").exists()

    def test_through_other_links(self, hostile: Hostile, mint: Run, outside: Path, tmp_path: Path, kind: str) -> None:
        files = {"a": "-> b", "b": "-> c/d", "c/d": f"-> {outside}/secret", "good": ""}
        assert mint(hostile(kind, files)).returncode == 3
        assert not (tmp_path / "out").exists()

    def test_to_a_folder(self, hostile: Hostile, mint: Run, outside: Path, made: Made, kind: str) -> None:
        done = mint(hostile(kind, {"link": f"-> {outside}", "good": "text"}))
        if kind == "cookiecutter":  # it makes an empty directory of every link to one, and looks into none
            assert (done.returncode, made()) == (0, {"good": "text"})
        else:
            assert (done.returncode, made()) == (3, {})

    def test_to_what_the_system_knows(self, hostile: Hostile, mint: Run, tmp_path: Path, kind: str) -> None:
        for target in ("/proc/self/environ", "/dev/zero", "/etc/passwd"):
            (tmp_path / "template").mkdir(exist_ok=True)
            template = hostile(kind, {target.replace("/", "-"): f"-> {target}"})
            assert mint(template).returncode == 3

    def test_that_is_included(self, hostile: Hostile, mint: Run, outside: Path, made: Made, kind: str) -> None:
        for tag in ("include", "extends", "import"):
            more = " as x" if tag == "import" else ""
            files = {f"{tag}.txt": "{% " + tag + " 'link'" + more + " %}", "link": f"-> {outside}/secret"}
            assert mint(hostile(kind, files)).returncode == 3
            (outside.parent / "template").rename(outside.parent / f"was-{tag}")
        assert made() == {}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "../outside/secret",
        "{{OUTSIDE}}/secret",
        "a/../../outside/secret",
        "./../outside/secret",
        "..",
        "a\\0b",
    ],
)
@pytest.mark.parametrize("tag", ["{% include NAME %}", "{% extends NAME %}", "{% from NAME import x %}"])
def test_a_name_that_leads_out_is_not_included(
    hostile: Hostile, mint: Run, outside: Path, made: Made, kind: str, name: str, tag: str
) -> None:
    name = name.replace("{{OUTSIDE}}", str(outside))
    done = mint(hostile(kind, {"a/f.txt": tag.replace("NAME", f"'{name}'"), "good": "text"}))
    assert done.returncode == 1, done.stderr
    assert made() == {"good": "text"}


@pytest.mark.parametrize("kind", ["native", "cookiecutter", "copier"])
def test_a_folder_of_includes_that_is_a_link_is_not_looked_into(
    hostile: Hostile, mint: Run, outside: Path, made: Made, kind: str
) -> None:
    where = {"cookiecutter": "templates", "native": "includes", "copier": "includes"}[kind]
    name = "secret" if kind == "cookiecutter" else f"{where}/secret"
    config = {"native": f"[files]\nexclude = ['{where}']\n", "copier": "", "cookiecutter": ""}[kind]
    files = {"f.txt": "{% include '" + name + "' %}", "good": "text"}
    mint(hostile(kind, files, beside={where: f"-> {outside}"}, config=config))
    assert "SECRET" not in str(made())


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("files", [{"a": "-> a"}, {"a": "-> b", "b": "-> a"}], ids=["itself", "each other"])
def test_links_that_lead_to_each_other_are_an_error_that_names_them(
    hostile: Hostile, mint: Run, kind: str, files: dict[str, str]
) -> None:
    done = mint(hostile(kind, files))
    assert done.returncode == 2
    assert "a" in done.stderr


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("target", ["nothing", "."])
def test_links_to_nothing_or_to_their_own_folder_are_errors(
    hostile: Hostile, mint: Run, made: Made, kind: str, target: str
) -> None:
    done = mint(hostile(kind, {"a/link": f"-> {target}"}))
    if kind == "cookiecutter" and target == ".":
        assert (done.returncode, made()) == (0, {})
    else:
        assert (done.returncode, made()) == (2, {})


class TestAConfigurationThatIsALink:
    """Must not lead out: what it says becomes answers, which templates print."""

    @pytest.mark.parametrize(
        ("kind", "file", "text"),
        [
            pytest.param("native", "mintage.toml", "[questions.token]\ndefault = 'SECRET'\n"),
            pytest.param("cookiecutter", "cookiecutter.json", json.dumps({"name": "out", "token": "SECRET"})),
            pytest.param("copier", "copier.yml", "_subdirectory: sub\n_templates_suffix: ''\ntoken: SECRET\n"),
        ],
    )
    def test_is_refused(
        self, hostile: Hostile, mint: Run, outside: Path, made: Made, kind: str, file: str, text: str
    ) -> None:
        template = hostile(kind, {"f": "{{ @token }}", "sub/f": "{{ @token }}"})
        (template / file).unlink()
        (outside / file).write_text(text)
        (template / file).symlink_to(outside / file)
        assert (mint(template).returncode, made()) == (3, {})

    def test_by_copiers_include_is_refused(self, hostile: Hostile, mint: Run, outside: Path, made: Made) -> None:
        (outside / "more.yml").write_text("token: SECRET\n")
        files = {"f": "{{ token }}", "more.yml": f"-> {outside}/more.yml"}
        for pattern in ("more.yml", "m*.yml", "../outside/more.yml", f"{outside}/more.yml"):
            template = hostile("copier", files, config=f"---\n!include '{pattern}'\n")
            assert (mint(template).returncode, made()) == (3, {})
            (template / "more.yml").unlink()

    def test_as_the_folder_that_becomes_the_project_is_refused(
        self, hostile: Hostile, mint: Run, outside: Path, made: Made
    ) -> None:
        template = hostile("cookiecutter", {})
        (template / "{{cookiecutter.name}}").rmdir()
        (template / "{{cookiecutter.name}}").symlink_to(outside)
        assert (mint(template).returncode, made()) == (3, {})


class TestALinkThatCopierKeeps:
    """Comes out as a link if it stays in the project."""

    def test_within_the_project_is_made(self, hostile: Hostile, mint: Run, made: Made) -> None:
        files = {"a/link": "-> ../f", "f": "text"}
        assert mint(hostile("copier", files, config="_preserve_symlinks: true\n")).returncode == 0
        assert made() == {"a/link": "-> ../f", "f": "text"}

    @pytest.mark.parametrize("target", ["../outside/secret", "/etc/passwd", "{{ '..' }}/outside"])
    def test_that_leads_out_is_refused(self, hostile: Hostile, mint: Run, made: Made, target: str) -> None:
        template = hostile("copier", {"link": f"-> {target}"}, config="_preserve_symlinks: true\n")
        assert (mint(template).returncode, made()) == (3, {})

    def test_takes_no_file_of_the_template_out(self, hostile: Hostile, mint: Run, outside: Path, made: Made) -> None:
        files = {"a": f"-> {outside}", "{{ 'a' }}/evil": "evil"}
        template = hostile("copier", files, config="_preserve_symlinks: true\n")
        assert (mint(template).returncode, made()) == (3, {})


class TestCheckingATemplate:
    """Reads nothing outside of it either."""

    def test_walks_no_subdirectory_that_is_a_link_which_leads_out(
        self, hostile: Hostile, mint: Run, outside: Path
    ) -> None:
        (outside / "secret").write_text("{{ SECRET }}")
        config = '_subdirectory: "{{ part }}"\n'
        template = hostile("copier", {"good/f": "{{ part }}", "evil": f"-> {outside}"}, {"part": "good"}, config=config)
        done = mint(template, command="check")
        assert "SECRET" not in done.stdout + done.stderr
        assert done.returncode == 0, done.stdout

    def test_searches_no_link_which_leads_out_for_names(self, hostile: Hostile, mint: Run, outside: Path) -> None:
        (outside / "secret").write_text("lonely")
        files = {"project/f": "{% include part %}", "parts/evil": f"-> {outside}/secret"}
        answers = {"part": "x", "lonely": ""}
        config = "[template]\nroot = 'project'\n[render]\nincludes = 'parts'\n"
        done = mint(hostile("native", files, answers, config=config), command="check")
        assert "the answer to lonely is never used" in done.stdout
