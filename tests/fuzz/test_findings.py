"""Inputs that broke something once, each by what it is."""

from __future__ import annotations

import io
import json
import os
import zipfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from mintage.answers.given import read_data_file
from mintage.data import parsing as data_text
from mintage.data.parsing import DataError, parse_json, parse_toml, parse_yaml
from mintage.errors import AnswerError, MintageError, PlanError, SourceError, TemplateError
from mintage.files.journal import JOURNAL
from mintage.files.paths import validate_path
from mintage.files.patterns import FnmatchPatterns, GitignorePatterns
from mintage.files.recovery import recover
from mintage.formats import CookiecutterOptions
from mintage.minting.generator import Generator, Options
from mintage.report.views import show
from mintage.sources.archive import unpack
from mintage.sources.references import resolve
from mintage.template.questions import GivenAnswers
from mintage.trust.trusted_sources import trusts
from mintage.user.cookiecutterrc import CookiecutterSettings
from mintage.user.folders import settings_file
from mintage.user.settings import RegisteredTemplate, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

NO_TEXT = "\ud800"  # half of a character
COOKIECUTTER_FILE = "{{cookiecutter.a}}/x.txt"


def mint(
    template: Path, *, data: dict[str, Any] | None = None, flags: dict[str, str] | None = None, **options: Any
) -> list[str]:
    """Mint beside the template; returns the warnings."""
    warnings: list[str] = []
    generator = Generator(Options(executor="sequential", **options), warn=warnings.append)
    generator.generate(template, template.parent / "out", given=GivenAnswers(flags=flags or {}, data=data or {}))
    return warnings


def test_a_registered_place_that_no_file_can_have_is_one_that_is_not_there() -> None:
    settings = Settings(templates={"web": RegisteredTemplate(f"{NO_TEXT}/acme")})
    with pytest.raises(SourceError, match="there is no template"):
        resolve("web", ref=None, settings=settings, cookiecutter=CookiecutterSettings)


def test_comments_that_begin_with_nothing_are_refused(write_tree: Write) -> None:
    template = write_tree(
        {"copier.yml": '_envops: {comment_start_string: "", comment_end_string: ""}', "a.jinja": "{{ 1 }}"}
    )
    with pytest.raises(MintageError, match="comment_start_string is empty"):
        mint(template)


class TestData:
    @pytest.mark.parametrize(
        "text",
        [
            "2024-13-45",
            "!!int ''",
            "!!float x",
            "!!bool maybe",
            "!!timestamp x",
            "!!binary x",
            "&a [*a]",
            "&a {x: *a}",
            "? [a]\n: {[b]: c}",
            "[" * 100_000,
            "- " * 3000,
            "1" + "0" * 5000,
        ],
    )
    def test_yaml_that_its_parser_cannot_take_is_an_error_like_any_other(self, text: str) -> None:
        with pytest.raises(DataError):
            parse_yaml(text)

    @pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 500 + "1" + "}" * 500, "1" + "0" * 5000])
    def test_so_is_json(self, text: str) -> None:
        with pytest.raises(DataError):
            parse_json(text)

    @pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = 1" + "0" * 5000, "a" + ".a" * 200 + " = 1"])
    def test_so_is_toml(self, text: str) -> None:
        with pytest.raises(DataError):
            parse_toml(text)

    def test_aliases_do_not_make_millions_of_values(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        assert parse_yaml("\n".join(lines[:4]))["a3"][9][9][9][9] == "x"
        with pytest.raises(DataError, match="aliases expand to"):
            parse_yaml("\n".join(lines))

    def test_a_long_text_may_hold_many_values(self) -> None:
        assert len(parse_json(json.dumps([[number] for number in range(200_000)]))) == 200_000

    def test_what_is_nested_as_deeply_as_allowed_can_be_walked_through(self) -> None:
        deepest = data_text._DEEPEST
        assert parse_json("[" * deepest + "]" * deepest)
        with pytest.raises(DataError, match="deeply"):
            parse_json("[" * (deepest + 1) + "]" * (deepest + 1))

    def test_the_place_of_a_mistake_is_told(self) -> None:
        for read, text in ((parse_yaml, "a: 1\nb: [\n"), (parse_json, '{"a": 1,\n'), (parse_toml, "a = 1\nb = \n")):
            with pytest.raises(DataError) as caught:
                read(text)
            assert caught.value.line in (2, 3)

    @pytest.mark.parametrize(
        ("name", "text"), [("x.yml", "a: 2024-13-45"), ("x.json", "[" * 100_000), ("x.toml", "a = 1" + "0" * 5000)]
    )
    def test_data_files(self, write_tree: Write, name: str, text: str) -> None:
        with pytest.raises(MintageError, match="not valid"):
            read_data_file(write_tree({name: text}) / name)

    def test_the_settings(self) -> None:
        settings_file().parent.mkdir(parents=True)
        settings_file().write_text("a = 1" + "0" * 5000)
        with pytest.raises(MintageError, match="not valid TOML"):
            load_settings()

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("copier.yml", "a: !!timestamp x"),
            ("copier.yml", "- &a [*a]"),
            ("copier.yml", "a: !include ''"),
            ("cookiecutter.json", '{"a": ' + "[" * 500 + "]" * 500 + "}"),
            ("mintage.toml", "a = " + "[" * 100_000),
        ],
    )
    def test_configurations(self, write_tree: Write, name: str, text: str) -> None:
        with pytest.raises(TemplateError, match="not valid"):
            mint(write_tree({name: text}))

    @pytest.mark.parametrize("kind", ["json", "yaml"])
    def test_answers(self, write_tree: Write, kind: str) -> None:
        template = write_tree({"copier.yml": f"a: {{type: {kind}}}"})
        with pytest.raises(AnswerError, match="not valid"):
            mint(template, flags={"a": "[" * 100_000})


class TestPaths:
    def test_half_a_character_in_a_path_is_refused(self) -> None:
        with pytest.raises(PlanError, match="no file system accepts"):
            validate_path(f"a/{NO_TEXT}")

    def test_a_name_of_other_bytes_than_utf_8_is_taken(self) -> None:
        assert validate_path("a/\udcff") == "a/\udcff"


FORMATS = {
    "bare": ("", {}),
    "native": ("", {"mintage.toml": ""}),
    "copier": ("", {"copier.yml": ""}),
    "cookiecutter": ("{{cookiecutter.a}}", {"cookiecutter.json": '{"a": "x"}', COOKIECUTTER_FILE: ""}),
    "copied by cookiecutter": (
        "{{cookiecutter.a}}/d",
        {
            "cookiecutter.json": '{"a": "x", "_copy_without_render": ["d"]}',
            COOKIECUTTER_FILE: "",
            "{{cookiecutter.a}}/d/y": "",
        },
    ),
}


@pytest.mark.parametrize("made", FORMATS.values(), ids=FORMATS)
class TestFolders:
    def test_a_link_to_itself_is_refused(self, write_tree: Write, made: tuple[str, dict[str, str]]) -> None:
        template = write_tree(made[1])
        (template / made[0] / "circle").symlink_to("circle")
        with pytest.raises(TemplateError, match="circle leads to nothing"):
            mint(template)

    @pytest.mark.parametrize("name", ["d", "d" * 200])
    def test_folders_that_are_nested_too_deeply_are_refused(
        self, write_tree: Write, monkeypatch: pytest.MonkeyPatch, made: tuple[str, dict[str, str]], name: str
    ) -> None:
        template = write_tree(made[1])
        monkeypatch.chdir(template / made[0])
        for _ in range(250 if len(name) == 1 else 30):
            os.mkdir(name)
            os.chdir(name)
        monkeypatch.undo()
        with pytest.raises(TemplateError, match=r"directories deep|can't read|cannot be read"):
            mint(template)


class TestNestedTemplates:
    @pytest.mark.parametrize(
        "files",
        [
            {"cookiecutter.json": '{"templates": {"x": {"path": "."}}}'},
            {
                "cookiecutter.json": '{"templates": {"x": {"path": "b"}}}',
                "b/cookiecutter.json": '{"template": ["a (../b)"]}',
            },
        ],
    )
    def test_one_that_offers_itself_is_refused(self, write_tree: Write, files: dict[str, str]) -> None:
        with pytest.raises(MintageError, match=r"offers itself again|outside the repository"):
            mint(write_tree(files))

    @pytest.mark.parametrize("path", ["\\u0000", "b"])
    def test_one_whose_path_leads_nowhere_is_refused(self, write_tree: Write, path: str) -> None:
        template = write_tree({"cookiecutter.json": f'{{"templates": {{"x": {{"path": "{path}"}}}}}}'})
        (template / "b").symlink_to("b")
        with pytest.raises(TemplateError, match="has no cookiecutter"):
            mint(template)


class TestPatterns:
    @pytest.mark.parametrize("pattern", ["!", "\\", "[?-.]"])
    def test_one_that_is_none_is_refused(self, write_tree: Write, pattern: str) -> None:
        with pytest.raises(PlanError, match="not valid"):
            GitignorePatterns([pattern]).matches("a")
        template = write_tree({"copier.yml": f"_exclude: ['{pattern}']", "a": "a"})
        with pytest.raises(PlanError, match="not valid"):
            mint(template)

    @pytest.mark.parametrize("kind", [FnmatchPatterns, GitignorePatterns])
    def test_many_stars_take_no_time(self, kind: type[FnmatchPatterns | GitignorePatterns]) -> None:
        assert not kind(["*a" * 30 + "*b"]).matches("a" * 250)


class TestNamesThatNoFileCanHave:
    @pytest.mark.parametrize(
        "files",
        [
            {"mintage.toml": '[template]\nroot = "\\u0000"'},
            {"copier.yml": '_subdirectory: "\\0"'},
            {"copier.yml": '_external_data: {e: "\\0"}', "a.jinja": "{{ _external_data.e }}"},
        ],
    )
    def test_are_refused(self, write_tree: Write, files: dict[str, str]) -> None:
        with pytest.raises((MintageError, ExceptionGroup)):
            mint(write_tree(files))


class TestCookiecutterVariables:
    @pytest.mark.parametrize("name", ["_jinja2_env_vars", "__prompts__"])
    def test_of_a_wrong_kind_are_refused_when_they_are_given(self, write_tree: Write, name: str) -> None:
        template = write_tree({"cookiecutter.json": json.dumps({"a": "x", name: {}}), COOKIECUTTER_FILE: ""})
        with pytest.raises(AnswerError) as caught:
            mint(template, flags={name: "text"})
        assert f"{name}: expected an object" in caught.value.problems[0].what

    @pytest.mark.parametrize("name", ["_jinja2_env_vars", "_extensions", "_copy_without_render"])
    def test_of_a_wrong_kind_are_refused_when_they_are_replayed(self, write_tree: Write, name: str) -> None:
        template = write_tree({"cookiecutter.json": '{"a": "x"}', COOKIECUTTER_FILE: ""})
        (template / "r.json").write_text(json.dumps({"cookiecutter": {"a": "x", name: None}}))
        with pytest.raises(TemplateError, match="invalid settings"):
            mint(template, cookiecutter=CookiecutterOptions(replay_file=template / "r.json"))

    def test_prompts_may_be_numbers(self, write_tree: Write) -> None:
        prompts = {"a": {"__prompt__": 5, "x": 1}}
        mint(write_tree({"cookiecutter.json": json.dumps({"a": ["x"], "__prompts__": prompts}), COOKIECUTTER_FILE: ""}))


class TestAnswersThatCannotBeKept:
    def test_a_date_is_no_obstacle_for_a_cookiecutter_template(self, write_tree: Write) -> None:
        template = write_tree({"cookiecutter.json": '{"a": "x", "b": "y"}', COOKIECUTTER_FILE: "{{ cookiecutter.b }}"})
        (template.parent / "data.yml").write_text("_new_lines: 2024-01-01\na: z\nb: [!!binary aGk=]")
        answers = read_data_file(template.parent / "data.yml")
        *_, warning = mint(template, data={**answers, "b": {"inner": answers["b"]}})
        assert "could not be saved" in warning

    def test_nor_is_one_in_a_list_for_a_native_template(self, write_tree: Write) -> None:
        template = write_tree({"mintage.toml": "[questions.a]\ntype = 'list'", "x.txt": "{{ a | length }}"})
        mint(template, data={"a": [b"hi", {1}]})
        assert "hi" in (template.parent / "out" / ".mintage.toml").read_text()

    def test_half_a_character_is_refused(self, write_tree: Write) -> None:
        template = write_tree({"mintage.toml": "[questions.a]", "x.txt": "x"})
        with pytest.raises(AnswerError, match="can't be encoded as UTF-8"):
            mint(template, flags={"a": NO_TEXT})


class TestReferences:
    @pytest.mark.parametrize(
        "reference", ["https://[x", "https://exa\u2100mple.com/x", NO_TEXT, f"https://e/{NO_TEXT}", f"{NO_TEXT}/x"]
    )
    def test_that_no_program_can_read_are_refused(self, reference: str) -> None:
        with pytest.raises(SourceError):
            resolve(reference, ref=None, settings=Settings(), cookiecutter=lambda: pytest.fail("not needed"))

    def test_a_short_form_that_takes_an_item_of_a_text_cannot_be_filled_in(self) -> None:
        settings = Settings(abbreviations={"x": "{0[a]}"})
        with pytest.raises(SourceError, match="is not a valid pattern"):
            resolve("x:y", ref=None, settings=settings, cookiecutter=lambda: pytest.fail("not needed"))

    def test_half_a_character_is_never_trusted(self) -> None:
        assert not trusts(Settings(trust=("/", f"/{NO_TEXT}/")), f"/{NO_TEXT}")

    @pytest.mark.parametrize("entry", ["https://github.com/.git/", "https://github.com/acme/.git/"])
    def test_an_entry_that_ends_in_git_does_not_take_what_is_beside_it(self, entry: str) -> None:
        assert not trusts(Settings(trust=(entry,)), "https://github.com/acme/web")

    @pytest.mark.parametrize(
        ("entry", "reference"),
        [
            ("https://host.git/", "https://host/x"),
            ("https://host.git", "https://host"),
            ("git@host:.git/", "git@host:/x"),
        ],
    )
    def test_nor_does_one_of_a_server_whose_name_ends_so(self, entry: str, reference: str) -> None:
        assert not trusts(Settings(trust=(entry,)), reference)


def test_an_archive_whose_lzma_data_are_damaged_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("t/a", "a" * 100)
    data = bytearray(file.getvalue())
    start = data.index(b"t/a") + len("t/a") + 9
    data[start : start + 8] = b"\xff" * 8
    (tmp_path / "x.zip").write_bytes(data)
    with ExitStack() as scratch, pytest.raises(SourceError, match=r"x\.zip"):
        unpack(tmp_path / "x.zip", scratch=scratch, name="x.zip")


class TestCopierSettings:
    @pytest.mark.parametrize(
        "text",
        [
            "_secret_questions: 1",
            "_secret_questions: [[a]]\n_exclude: 1",
            "_envops: {undefined: [jinja2.Undefined]}",
            "a: {type: int, default: .inf}",
        ],
    )
    def test_of_a_wrong_kind_are_refused(self, write_tree: Write, text: str) -> None:
        with pytest.raises((TemplateError, AnswerError)):
            mint(write_tree({"copier.yml": text}))

    def test_a_number_beyond_all_measure_is_a_yes(self, write_tree: Write) -> None:
        mint(write_tree({"copier.yml": f"a: {{default: 1, when: 1{'0' * 400}}}", "x.jinja": "{{ a }}"}))

    def test_files_that_include_each_other_twice_are_soon_enough(self, write_tree: Write) -> None:
        files = {f"f{number}.yml": f"[!include f{number + 1}.yml, !include f{number + 1}.yml]" for number in range(40)}
        with pytest.raises(TemplateError, match="files are included"):
            mint(write_tree({"copier.yml": "!include f0.yml", **files, "f40.yml": "a: 1"}))

    def test_a_link_is_shown_in_every_view(self, write_tree: Write) -> None:
        template = write_tree({"copier.yml": "_preserve_symlinks: true", "x.txt": ""})
        (template / "link").symlink_to("x.txt")
        plan = Generator().plan(template, template.parent / "out")
        assert all("link" in show(plan, view) for view in ("tree", "table", "dot", "mermaid", "svg"))


class TestJournals:
    """Whoever gave the user a directory may have put a journal into it."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"made": [{"target": "../made"}]},
            {"made": [{"target": "d/../../made"}]},
            {"made": [{"target": "made", "mode": 0o4755}]},
            {"made": [{"target": "made", "mode": -1}]},
            {"made": [{"target": "/made"}]},
            {"staged": "..", "replacements": [{"target": "neighbour"}]},
            {"replacements": [{"target": "../neighbour"}]},
            {"replacements": [{"target": ".git/hooks/pre-commit"}]},
            {"replacements": [{"target": ""}]},
        ],
    )
    @pytest.mark.parametrize("finish", [True, False])
    def test_that_name_what_is_outside_of_the_project_are_refused(
        self, tmp_path: Path, changes: dict[str, Any], finish: bool
    ) -> None:
        project, left = tmp_path / "project", tmp_path / ".mintage-0123456789ab"
        for folder in (project / ".git" / "hooks", left / "s" / ".git" / "hooks", left / "old"):
            folder.mkdir(parents=True)
        for name in ("neighbour", "s/neighbour", "s/.git/hooks/pre-commit"):
            (left / name).write_text("staged")
        state = {"device": 1, "inode": 1, "size": 1, "mtime_ns": 1}
        changes = {"replacements": [], **changes}
        replacements = [{**each, "new": state} for each in changes["replacements"]]
        document = {"destination": str(project), "staged": "s", "made": [], **changes, "replacements": replacements}
        (left / JOURNAL).write_text(json.dumps(document))
        left.chmod(0o700)
        before = sorted(path for path in tmp_path.rglob("*"))
        with pytest.raises(MintageError):
            recover(project, finish=finish)
        assert sorted(path for path in tmp_path.rglob("*")) == before
