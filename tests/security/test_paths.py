"""No rendered path leads out of the project, whatever a template or an answer makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")
CLIMBING = ("..", "../x", "a/../../x", "./../x", "a/./../../x", "../out2/x", "a/b/../../../x")
ABSOLUTE = ("/x", "//x", "/tmp/../x", "C:\\x", "\\\\server\\share\\x", "./C:\\x")
UNUSABLE = ("a\0b", "x" * 256, "é" * 128, "abcdefgh/" * 500)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("answer", [*CLIMBING, *ABSOLUTE])
def test_a_file_that_an_answer_leads_out_is_refused(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str, answer: str
) -> None:
    done = mint(hostile(kind, {"{{ @x }}": "evil", "good": ""}, {"x": answer}), "-d", f"x={answer}")
    assert done.returncode == 3, done.stderr
    assert "{{ " in done.stderr, "the file of the template is named"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("answer", [*CLIMBING, *ABSOLUTE])
def test_a_folder_that_an_answer_leads_out_is_refused(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str, answer: str
) -> None:
    done = mint(hostile(kind, {"{{ @x }}/f": "evil", "good": ""}, {"x": answer}), "-d", f"x={answer}")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["native", "copier", "bare"])
def test_an_expression_in_a_name_cannot_lead_out(hostile: Hostile, mint: Run, tmp_path: Path, kind: str) -> None:
    done = mint(hostile(kind, {"a": "", "{{ '..' ~ '\\x2f' ~ '..' }}": "evil"}))
    assert done.returncode == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("answer", UNUSABLE, ids=["nul", "long", "long in bytes", "deep"])
def test_a_name_that_no_file_system_takes_is_refused(
    hostile: Hostile, mint: Run, tmp_path: Path, kind: str, answer: str
) -> None:
    done = mint(hostile(kind, {"a/{{ @x }}": "", "good": ""}, {"x": answer}), "-d", f"x={answer}")
    assert done.returncode == 2, done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_name_with_half_a_character_is_refused(hostile: Hostile, mint: Run, tmp_path: Path, kind: str) -> None:
    done = mint(hostile(kind, {"{{ '\\ud800' }}": "", "good": ""}))
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["native", "copier", "bare"])
@pytest.mark.parametrize("answer", ["a/../b", "./b", "a/./../b"])
def test_a_path_that_comes_back_is_taken_in_its_shortest_form(
    hostile: Hostile, mint: Run, made: Callable[[], dict[str, str]], kind: str, answer: str
) -> None:
    done = mint(hostile(kind, {"{{ @x }}": "text"}, {"x": answer}), "-d", f"x={answer}")
    assert done.returncode == 0, done.stderr
    assert made() == {"b": "text"}


class TestTheProjectsFolder:
    """It is named by the template only where the format says so, and lies in the output directory then."""

    @pytest.mark.parametrize("name", ["..", "../x", "/x", "a/../..", ".", ".git", "a/.git", "C:/x"])
    def test_of_cookiecutter_stays_in_the_output_folder(
        self, hostile: Hostile, mint: Run, tmp_path: Path, name: str
    ) -> None:
        template = hostile("cookiecutter", {"f": "evil"}, {"name": name})
        assert mint(template).returncode == 3
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "name",
        [
            "..",
            "../x",
            "/x",
            "a/b",
            ".",
            ".git",
            "a\0b",
            "x" * 300,
        ],
    )
    def test_that_a_native_template_names_is_one_folder(
        self,
        fill: Callable[..., Path],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        name: str,
    ) -> None:
        from mintage.cli import run

        fill(tmp_path / "template", {"mintage.toml": "[template]\noutput = '{{ name }}'\n[questions.name]\n", "f": ""})
        monkeypatch.chdir(tmp_path)
        assert run(["new", "template", "-d", f"name={name}"]) in (2, 3)
        assert "does not know" not in capsys.readouterr().err
        assert [path.name for path in tmp_path.iterdir()] == ["template"]


class TestAFormatsOwnWaysToNameAPath:
    """Each is held by the same rule as a file's name."""

    @pytest.mark.parametrize("path", ["../{{ item }}", "/{{ item }}", "a/../../{{ item }}", ".git/{{ item }}"])
    def test_of_repeated_files(self, hostile: Hostile, mint: Run, tmp_path: Path, path: str) -> None:
        config = f"[[each]]\nfile = 'f'\nitems = '[1, 2]'\npath = '{path}'\n"
        assert mint(hostile("native", {"f": ""}, config=config)).returncode == 3
        assert not (tmp_path / "out").exists()

    def test_of_copiers_yield(self, hostile: Hostile, mint: Run, tmp_path: Path) -> None:
        name = "{% yield i from ['..', 'b'] %}{{ i }}{% endyield %}"
        assert mint(hostile("copier", {f"{name}/f": ""})).returncode == 3
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "name",
        [
            "{% yield i from 5 %}{{ i }}{% endyield %}",
            "{% yield i from [1]|map('nothing') %}{{ i }}{% endyield %}",
            "a{{ _mintage_loop.found.append(5) }}",
            "{% set _mintage_loop = [] %}{% yield i from [1] %}{{ i }}{% endyield %}",
        ],
    )
    def test_of_copiers_yield_over_what_is_no_list(self, hostile: Hostile, mint: Run, name: str) -> None:
        assert mint(hostile("copier", {name: ""})).returncode == 2

    @pytest.mark.parametrize("items", ["5", "[1]|map('nothing')", "10 ** 3000 * 10 ** 3000"])
    def test_of_repeated_files_over_what_is_no_list(self, hostile: Hostile, mint: Run, items: str) -> None:
        config = f"[[each]]\nfile = 'f'\nitems = \"{items}\"\n"
        assert mint(hostile("native", {"f": ""}, config=config)).returncode == 2

    @pytest.mark.parametrize("named", ["../outside.yml", "a/../../outside.yml"])
    def test_of_copiers_answers_file(self, hostile: Hostile, mint: Run, tmp_path: Path, named: str) -> None:
        files = {"{{ _copier_conf.answers_file }}": "{{ _copier_answers | to_nice_yaml }}"}
        assert mint(hostile("copier", files, config=f"_answers_file: {named}\n")).returncode == 3
        assert mint(hostile("copier", files), "--answers-file", named).returncode == 3
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("named", ["../outside", "/etc", "link"])
    def test_of_copiers_subdirectory(self, hostile: Hostile, mint: Run, outside: Path, named: str) -> None:
        template = hostile("copier", {}, beside={"link": f"-> {outside}"}, config=f"_subdirectory: {named}\n")
        assert mint(template).returncode == 3

    @pytest.mark.parametrize("named", ["..", "../outside", "/etc", "link"])
    def test_of_a_native_templates_root(self, hostile: Hostile, mint: Run, outside: Path, named: str) -> None:
        template = hostile("native", {}, beside={"link": f"-> {outside}"}, config=f"[template]\nroot = '{named}'\n")
        assert mint(template).returncode == 3

    @pytest.mark.parametrize("named", ["..", "../outside", "link"])
    def test_of_the_folder_in_the_source(self, hostile: Hostile, mint: Run, outside: Path, named: str) -> None:
        template = hostile("bare", {"link": f"-> {outside}"})
        assert mint(template, "--directory", named).returncode == 3

    @pytest.mark.parametrize("named", ["../../other", "..", "/etc", "link", "a/../../outside"])
    def test_of_cookiecutters_nested_templates(self, hostile: Hostile, mint: Run, outside: Path, named: str) -> None:
        (outside / "cookiecutter.json").write_text("{}")
        config = '{"templates": {"a": {"path": "' + named + '"}}}'
        template = hostile("cookiecutter", {}, beside={"link": f"-> {outside}"}, config=config)
        assert mint(template).returncode == 3

    def test_of_the_working_directory_of_a_task(self, hostile: Hostile, mint: Run) -> None:
        config = "[[tasks]]\nname = 't'\nrun = 'true'\ndirectory = '..'\n"
        assert mint(hostile("native", {"f": ""}, config=config), "--trust").returncode == 3

    @pytest.mark.parametrize(
        ("kind", "config"),
        [
            ("copier", '_subdirectory: "a\\0b"\n'),
            ("native", '[template]\nroot = "a\\u0000b"\n'),
            ("cookiecutter", '{"templates": {"a": {"path": "a\\u0000b"}}}'),
        ],
    )
    def test_with_a_nul(self, hostile: Hostile, mint: Run, kind: str, config: str) -> None:
        assert mint(hostile(kind, {"f": ""}, config=config)).returncode == 2


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["CON", "NUL.txt", "aux/x", "com1.log", "trailing.", "q?x"])
def test_a_name_that_windows_reserves_is_warned_of(hostile: Hostile, mint: Run, kind: str, name: str) -> None:
    done = mint(hostile(kind, {name: "", "good": ""}))
    assert done.returncode == 0
    assert "warning" in done.stderr
