"""Which files come out of a Cookiecutter template, with which bytes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine.failures import GenerationFailed, JobFailedError
from mintage.errors import MintageError, OutputExistsError, UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]
    Mint = Callable[..., dict[str, bytes]]


def test_names_and_contents_are_rendered(make_template: Make, mint: Mint) -> None:
    files = {"{{cookiecutter.name}}/{{cookiecutter.v}}.txt": "{{ cookiecutter.v }}\n"}
    assert mint(make_template({"v": "x"}, files)) == {"project/x.txt": b"x\n"}


def test_a_name_that_renders_to_nothing_leaves_the_file_out(make_template: Make, mint: Mint) -> None:
    files = {"{% if cookiecutter.v == 'x' %}yes{% endif %}": "", "{% if false %}no{% endif %}": ""}
    assert mint(make_template({"v": "x"}, files)) == {"yes": b""}


def test_a_name_that_is_empty_but_for_its_suffix_keeps_the_suffix(make_template: Make, mint: Mint) -> None:
    assert mint(make_template({}, {"{% if false %}no{% endif %}.txt": "x"})) == {".txt": b"x"}


@pytest.mark.parametrize(
    ("settings", "source", "expected"),
    [
        ({}, b"{{ cookiecutter.name }}\r\nb\r\n", b"project\r\nb\r\n"),
        ({}, b"no tags\r\nat all\n", b"no tags\nat all\n"),
        ({}, b"no tags\rat all\n", b"no tags\rat all\r"),
        ({"_new_lines": "\r\n"}, b"no tags\nat all\n", b"no tags\r\nat all\r\n"),
        ({"_new_lines": "\n"}, b"no tags\r\n", b"no tags\n"),
        ({}, b"\xef\xbb\xbf{{ cookiecutter.name }}", b"\xef\xbb\xbfproject"),
        ({}, b"   \n", b"   \n"),
        ({}, b"", b""),
        ({}, b"{{ cookiecutter.name }}\n\n\n", b"project\n\n\n"),
        ({}, b"{% raw %}{{ kept }}{% endraw %}", b"{{ kept }}"),
        ({"_jinja2_env_vars": {"trim_blocks": True}}, b"{% if true %}\nx\n{% endif %}\n", b"x\n"),
        ({}, b"<&> {{ '<&>' }}", b"<&> <&>"),
    ],
)
def test_text_comes_out_to_the_byte(
    make_template: Make, mint: Mint, settings: dict[str, Any], source: bytes, expected: bytes
) -> None:
    assert mint(make_template(settings, {"file.txt": source})) == {"file.txt": expected}


def test_delimiters_of_the_template_hold_for_the_project_folder_too(make_template: Make, mint: Mint) -> None:
    options = {"variable_start_string": "[[", "variable_end_string": "]]"}
    template = make_template({"_jinja2_env_vars": options})
    (template / "{{cookiecutter.name}}").rename(template / "[[cookiecutter.name]]")
    (template / "[[cookiecutter.name]]" / "f.txt").write_text("[[ cookiecutter.name ]] {{ untouched }}")
    assert mint(template) == {"f.txt": b"project {{ untouched }}"}


def test_copy_without_render_takes_files_and_whole_folders(make_template: Make, mint: Mint) -> None:
    files = {
        "page.html": "{{ kept }}",
        "deep/er/page.html": "{{ kept }}",
        ".github/{{ kept }}.yml": "${{ kept }}\r\nand\n",
        "rendered.txt": "{{ cookiecutter.name }}",
    }
    template = make_template({"_copy_without_render": ["*.html", ".github"]}, files)
    assert mint(template) == {**{name: text.encode() for name, text in files.items()}, "rendered.txt": b"project"}


def test_binary_files_are_copied_even_if_they_hold_tags(make_template: Make, mint: Mint) -> None:
    files = {"by_name.png": b"{{ kept }}", "by_content": b"\x7fELF\x02\x01\x01\0{{ kept }}"}
    assert mint(make_template({}, files)) == files


def test_executable_files_stay_executable(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({}, {"rendered.sh": "{{ cookiecutter.name }}", "copied.sh": "x", "plain": "x"})
    for name in ("rendered.sh", "copied.sh"):
        (template / "{{cookiecutter.name}}" / name).chmod(0o755)
    mint(template)
    project = tmp_path / "out" / "project"
    modes = {path.name: path.stat().st_mode & 0o777 for path in project.iterdir()}
    assert modes == {"rendered.sh": 0o755, "copied.sh": 0o755, "plain": 0o644}


def test_empty_folders_come_out(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({"v": "x"})
    (template / "{{cookiecutter.name}}" / "{{cookiecutter.v}}" / "inner").mkdir(parents=True)
    mint(template)
    assert (tmp_path / "out" / "project" / "x" / "inner").is_dir()


def test_templates_inherit_from_the_templates_folder(make_template: Make, mint: Mint) -> None:
    base = {"templates/base.txt": "<{% block b %}{% endblock %}>"}
    files = {"f.txt": "{% extends 'base.txt' %}{% block b %}{{ cookiecutter.name }}{% endblock %}"}
    assert mint(make_template({}, files, base)) == {"f.txt": b"<project>"}


def test_templates_include_each_other_by_their_path_in_the_project(make_template: Make, mint: Mint) -> None:
    files = {"a/part.txt": "[{{ cookiecutter.name }}]", "f.txt": "{% include 'a/part.txt' %}"}
    assert mint(make_template({}, files))["f.txt"] == b"[project]"


def test_the_built_in_filters_functions_and_tags_are_there(make_template: Make, mint: Mint) -> None:
    source = (
        "{{ 'Hello, World' | slugify }} {{ {'b': 1, 'a': 2} | jsonify(None) }} {{ random_ascii_string(5) | length }} "
        "{{ uuid4() | length }} {% now 'utc', '%Y' %}"
    )
    slug, *rest = mint(make_template({}, {"f.txt": source}))["f.txt"].decode().split(" ", 1)
    assert slug == "hello-world"
    assert rest[0].startswith('{"a": 2, "b": 1} 5 36 2')


def test_local_extensions_run_with_trust_and_are_refused_without(make_template: Make, mint: Mint) -> None:
    extension = """
from cookiecutter.utils import simple_filter

@simple_filter
def shout(text):
    return text.upper() + "!"
"""
    template = make_template(
        {"_extensions": ["local_extensions.shout"]},
        {"f.txt": "{{ cookiecutter.name | shout }}"},
        {"local_extensions.py": extension},
    )
    with pytest.raises(MintageError) as caught:
        mint(template)
    assert caught.value.exit_code == 3
    assert mint(template, trust=True) == {"f.txt": b"PROJECT!"}


def test_jinjas_own_extensions_need_no_trust(make_template: Make, mint: Mint) -> None:
    template = make_template(
        {"_extensions": ["jinja2.ext.do"], "_l": []}, {"f": "{% set l = [] %}{% do l.append(1) %}{{ l }}"}
    )
    assert mint(template) == {"f": b"[1]"}


def test_answers_changed_by_one_file_are_seen_by_the_files_after_it(make_template: Make, mint: Mint) -> None:
    files = {f"{letter}.txt": "{{ cookiecutter.update({'seen': cookiecutter.seen + '+'}) }}" for letter in "abc"}
    template = make_template({"seen": ""}, {**files, "d.txt": "{{ cookiecutter.seen }}"})
    assert mint(template, concurrent_threshold=0, max_workers=2)["d.txt"] == b"+++"


class TestLinks:
    def test_a_linked_file_is_read_through(self, make_template: Make, mint: Mint) -> None:
        template = make_template({}, {"real.txt": "{{ cookiecutter.name }}"})
        (template / "{{cookiecutter.name}}" / "link.txt").symlink_to("real.txt")
        assert mint(template)["link.txt"] == b"project"

    def test_a_linked_folder_becomes_an_empty_folder(self, make_template: Make, mint: Mint, tmp_path: Path) -> None:
        template = make_template({}, {"real/f.txt": "x"})
        (template / "{{cookiecutter.name}}" / "link").symlink_to("real")
        assert mint(template) == {"real/f.txt": b"x"}
        assert (tmp_path / "out" / "project" / "link").is_dir()

    @pytest.mark.parametrize("kind", ["file", "folder of _copy_without_render"])
    def test_a_link_out_of_the_template_is_refused(
        self, make_template: Make, mint: Mint, tmp_path: Path, kind: str
    ) -> None:
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret" / "key").write_text("secret")
        template = make_template({"_copy_without_render": ["link"]} if "folder" in kind else {})
        leads_to = tmp_path / "secret" if "folder" in kind else tmp_path / "secret" / "key"
        (template / "{{cookiecutter.name}}" / "link").symlink_to(leads_to)
        with pytest.raises(UnsafePathError):
            mint(template)
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("value", ["../../up", "/etc", "a/../../../b", ".git/hooks"])
def test_an_answer_that_leads_out_is_refused(make_template: Make, mint: Mint, value: str, tmp_path: Path) -> None:
    template = make_template({"v": value}, {"{{cookiecutter.v}}/f.txt": "x"})
    with pytest.raises(UnsafePathError):
        mint(template)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["..", ".", "../x", "/tmp/x"])
def test_a_project_name_that_leads_out_is_refused(make_template: Make, mint: Mint, name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafePathError):
        mint(make_template({"name": name}, {"f.txt": "x"}))
    assert not (tmp_path / "out").exists()


class TestExistingProject:
    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        project = tmp_path / "out" / "project"
        project.mkdir(parents=True)
        (project / "f.txt").write_text("mine")
        (project / "mine.txt").write_text("mine")
        return project

    def test_is_refused(self, make_template: Make, mint: Mint, project: Path) -> None:
        with pytest.raises(OutputExistsError):
            mint(make_template({}, {"f.txt": "x"}))
        assert (project / "f.txt").read_text() == "mine"

    def test_is_overwritten_file_by_file(self, make_template: Make, mint: Mint, project: Path) -> None:
        template = make_template({}, {"f.txt": "x", "new.txt": "x"})
        expected = {"f.txt": b"x", "mine.txt": b"mine", "new.txt": b"x"}
        assert mint(template, overwrite=True) == expected

    def test_a_file_that_is_the_same_gets_the_templates_permissions(
        self, make_template: Make, mint: Mint, project: Path
    ) -> None:
        (project / "f.txt").chmod(0o600)
        template = make_template({}, {"f.txt": "mine"})
        mint(template, overwrite=True)
        expected = next(template.rglob("f.txt")).stat().st_mode
        assert (project / "f.txt").stat().st_mode == expected

    def test_only_gets_what_is_missing(self, make_template: Make, mint: Mint, project: Path) -> None:
        template = make_template({}, {"f.txt": "x", "new.txt": "x"})
        expected = {"f.txt": b"mine", "mine.txt": b"mine", "new.txt": b"x"}
        assert mint(template, skip_existing=True) == expected

    def test_a_link_in_it_is_never_written_through(
        self, make_template: Make, mint: Mint, project: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "outside.txt").write_text("outside")
        (project / "f.txt").unlink()
        (project / "f.txt").symlink_to(tmp_path / "outside.txt")
        mint(make_template({}, {"f.txt": "x"}), overwrite=True)
        assert (tmp_path / "outside.txt").read_text() == "outside"
        assert not (project / "f.txt").is_symlink()

    def test_a_linked_folder_that_leads_out_is_refused(
        self, make_template: Make, mint: Mint, project: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "outside").mkdir()
        (project / "d").symlink_to(tmp_path / "outside")
        with pytest.raises(UnsafePathError):
            mint(make_template({}, {"d/f.txt": "x"}), overwrite=True)
        assert os.listdir(tmp_path / "outside") == []

    def test_a_hard_link_is_replaced_not_written_through(
        self, make_template: Make, mint: Mint, project: Path, tmp_path: Path
    ) -> None:
        os.link(project / "f.txt", tmp_path / "elsewhere.txt")
        mint(make_template({}, {"f.txt": "x"}), overwrite=True)
        assert (tmp_path / "elsewhere.txt").read_text() == "mine"


def test_files_that_cannot_be_rendered_are_all_named_and_the_others_come_out(
    make_template: Make, mint: Mint, tmp_path: Path
) -> None:
    files = {f"good{n}.txt": "{{ cookiecutter.name }}" for n in range(5)}
    bad = {"bad1.txt": "fine\n{{ cookiecutter.nobody }}", "bad2.txt": "{% if %}", "bad3.txt": b"{{ x }} \xff\xfe"}
    with pytest.raises(GenerationFailed) as caught:
        mint(make_template({}, {**files, **bad}))
    errors = [error for error in caught.value.exceptions if isinstance(error, JobFailedError)]
    assert {error.job_name for error in errors} == set(bad)
    assert caught.value.report.delivered
    assert sorted(os.listdir(tmp_path / "out" / "project")) == sorted(files)
    assert "bad1.txt:2:17" in {str(error.where) for error in errors}
