"""What becomes of files, names and links of a Copier template."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from mintage.engine.failures import GenerationFailed
from mintage.errors import PlanError, RenderError, TemplateError, UnsafePathError
from mintage.formats.copier.filters import TEXT_FILTERS
from mintage.minting.generator import Generator, Options
from mintage.rendering.jinja_text import JinjaText
from mintage.rendering.settings import RendererSettings
from mintage.template.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mint = Callable[..., dict[str, str]]
    Write = Callable[..., Path]


class TestFiles:
    def test_files_with_the_suffix_are_rendered_and_lose_it_others_are_copied(
        self, write_template: Write, mint: Mint
    ) -> None:
        made = mint(write_template("name: Zoe", {"a.txt.jinja": "{{ name }}", "b.txt": "{{ name }}"}))
        assert made == {"a.txt": "Zoe", "b.txt": "{{ name }}"}

    def test_a_file_that_has_a_template_beside_it_is_left_out(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {"a": "plain", "a.jinja": "rendered"})) == {"a": "rendered"}

    def test_a_file_whose_rendered_name_has_a_template_is_left_out(self, write_template: Write, mint: Mint) -> None:
        template = write_template("name: a", {"{{ name }}": "plain", "a.jinja": "rendered"})
        assert mint(template) == {"a": "rendered"}

    @pytest.mark.parametrize(
        ("suffix", "files", "expected"),
        [
            (".tmpl", {"a.tmpl": "{{ 1 }}", "b.jinja": "{{ 1 }}"}, {"a": "1", "b.jinja": "{{ 1 }}"}),
            (".tpl.jinja", {"a.tpl.jinja": "{{ 1 }}"}, {"a.tpl": "1"}),
            ("-tpl", {"a-tpl": "{{ 1 }}"}, {"a-tpl": "1"}),
            ('""', {"a": "{{ 1 }}", "b.jinja": "{{ 2 }}"}, {"a": "1", "b.jinja": "2"}),
            ("null", {"a.jinja": "{{ 1 }}"}, {"a": "1"}),
        ],
    )
    def test_the_suffix_can_be_chosen_and_its_last_part_is_taken_off(
        self, write_template: Write, mint: Mint, suffix: str, files: dict[str, str], expected: dict[str, str]
    ) -> None:
        assert mint(write_template(f"_templates_suffix: {suffix}", files)) == expected

    def test_where_every_file_is_a_template_those_that_are_not_utf8_are_copied(
        self, write_template: Write, mint: Mint
    ) -> None:
        made = mint(write_template('_templates_suffix: ""', {"a": b"\xff\xfe {{ 1 }}", "nul": b"\0{{ 1 }}\r\n"}))
        assert made == {"a": "\udcff\udcfe {{ 1 }}", "nul": "\x001\n"}

    def test_a_template_that_is_not_utf8_is_that_files_failure(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(GenerationFailed) as caught:
            mint(write_template("", {"a.jinja": b"\xff", "b": "x"}))
        assert "a.jinja is not UTF-8" in str(caught.value.exceptions[0])

    def test_lines_of_templates_end_with_lf_and_those_of_others_are_kept(
        self, write_template: Write, mint: Mint
    ) -> None:
        made = mint(write_template("", {"a.jinja": b"1\r\n2\r3\n", "b": b"1\r\n2\r3\n"}))
        assert made == {"a": "1\n2\n3\n", "b": "1\r\n2\r3\n"}

    def test_another_line_ending_can_be_chosen(self, write_template: Write, mint: Mint) -> None:
        config = '_envops: {newline_sequence: "\\r\\n"}'
        assert mint(write_template(config, {"a.jinja": "1\n{{ 2 }}\n"})) == {"a": "1\r\n2\r\n"}

    def test_the_last_newline_is_kept_unless_the_template_says_otherwise(
        self, write_template: Write, mint: Mint
    ) -> None:
        assert mint(write_template("", {"a.jinja": "x\n"})) == {"a": "x\n"}

    def test_the_last_newline_can_be_dropped(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("_envops: {keep_trailing_newline: false}", {"a.jinja": "x\n"})) == {"a": "x"}

    def test_delimiters_can_be_chosen_for_everything(self, write_template: Write, mint: Mint) -> None:
        config = """
_envops: {variable_start_string: "[[", variable_end_string: "]]", block_start_string: "[%", block_end_string: "%]"}
name: Zoe
greeting: "Hello [[ name ]]"
"""
        made = mint(write_template(config, {"[[ name ]].jinja": "[% if true %][[ greeting ]][% endif %] {{ name }}"}))
        assert made == {"Zoe": "Hello Zoe {{ name }}"}

    def test_names_without_a_value_render_to_nothing(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {"a.jinja": "<{{ nobody }}>"})) == {"a": "<>"}

    def test_a_template_may_insist_on_values(self, write_template: Write, mint: Mint) -> None:
        config = "_envops: {undefined: jinja2.StrictUndefined}"
        with pytest.raises(GenerationFailed, match="1 of 2 failed"):
            mint(write_template(config, {"a.jinja": "<{{ nobody }}>", "b": ""}))

    def test_included_templates_are_found_from_the_templates_root(self, write_template: Write, mint: Mint) -> None:
        files = {"parts/p": "[{{ name }}]", "project/a.jinja": "{% include 'parts/p' %}"}
        assert mint(write_template("{name: Zoe, _subdirectory: project}", files)) == {"a": "[Zoe]"}

    def test_executable_files_stay_executable(self, write_template: Write, tmp_path: Path, mint: Mint) -> None:
        template = write_template("", {"a.sh.jinja": "x", "b.sh": "y"})
        for name in ("a.sh.jinja", "b.sh"):
            (template / name).chmod(0o754)
        mint(template)
        assert [(tmp_path / "out" / name).stat().st_mode & 0o777 for name in ("a.sh", "b.sh")] == [0o754, 0o754]


class TestNames:
    def test_an_empty_part_leaves_out_what_is_below_it(self, write_template: Write, mint: Mint) -> None:
        files = {
            "{% if docker %}docker{% endif %}/Dockerfile": "x",
            "{% if docker %}d{% endif %}.txt": "y",
            "{% if not docker %}n{% endif %}": "z",
        }
        assert mint(write_template("docker: false", files)) == {".txt": "y", "n": "z"}

    def test_a_name_may_render_to_folders(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("package: a/b/c", {"{{ package }}/x.py": "1", "y/{{ package }}.txt": "2"}))
        assert made == {"a/b/c/x.py": "1", "y/a/b/c.txt": "2"}

    def test_folders_are_made_also_if_nothing_is_in_them(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("gone: ''", {"empty/": "", "{{ gone }}/": "", "f/{{ gone }}": "x"}))
        assert made == {"empty": "/", "f": "/"}

    def test_a_folder_with_the_suffix_is_made_under_both_names(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {"d.jinja/f": "x"})) == {"d": "/", "d.jinja/f": "x"}

    def test_the_suffix_counts_only_at_the_end_of_the_name(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("", {"{% if true %}a.jinja{% endif %}": "{{ 1 }}"}))
        assert made == {"a.jinja": "{{ 1 }}"}

    def test_whitespace_in_names_is_kept(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {" a b .txt": "x", "{{ ' c' }}": "y"})) == {" a b .txt": "x", " c": "y"}

    @pytest.mark.parametrize(("name", "value"), [("{{ v }}", "../x"), ("{{ v }}", "/etc/x"), ("a/{{ v }}", "../../x")])
    def test_a_name_that_leads_out_is_refused(
        self, write_template: Write, mint: Mint, tmp_path: Path, name: str, value: str
    ) -> None:
        with pytest.raises(UnsafePathError):
            mint(write_template(f"v: {value}", {name: "x"}))
        assert not (tmp_path / "out").exists()

    def test_of_two_files_of_one_name_one_comes_out_and_a_warning_names_both(
        self, write_template: Write, tmp_path: Path
    ) -> None:
        template = write_template("x: a", {"{{ x }}": "1", "{{ x ~ '' }}": "2"})
        warnings: list[str] = []
        report = Generator(Options(), warn=warnings.append).generate(template, tmp_path / "out")
        assert [result.job.name for result in report.results] == ["a"]
        assert "both become a" in warnings[0]

    def test_a_file_and_a_folder_of_one_name_are_refused(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(PlanError) as caught:
            mint(write_template("x: a", {"{{ x }}": "1", "{{ x ~ '' }}/b": "2"}))
        assert "a would be a file and a directory" in caught.value.problems[0].what


class TestYield:
    def test_one_name_becomes_many(self, write_template: Write, mint: Mint) -> None:
        made = mint(
            write_template("names: [a, b]", {"{% yield n from names %}{{ n }}.txt{% endyield %}.jinja": "<{{ n }}>"})
        )
        assert made == {"a.txt": "<a>", "b.txt": "<b>"}

    def test_folders_may_be_many_and_files_in_them_again(self, write_template: Write, mint: Mint) -> None:
        config = """
apps: {default: [{name: web, pages: [x, y]}, {name: api, pages: []}], type: yaml}
"""
        folder = "{% yield app from apps %}{{ app.name }}{% endyield %}"
        files = {
            f"{folder}/{{% yield p from app.pages %}}{{{{ p }}}}{{% endyield %}}.jinja": "{{ app.name }}/{{ p }}",
            f"{folder}/README.jinja": "{{ app.name }}",
        }
        made = mint(write_template(config, files))
        assert made == {"web/x": "web/x", "web/y": "web/y", "web/README": "web", "api/README": "api"}

    def test_nothing_to_go_through_makes_nothing(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("", {"{% yield n from nobody %}{{ n }}{% endyield %}": "", "a": "x"})) == {"a": "x"}

    def test_an_item_that_renders_to_nothing_is_left_out(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("names: ['', b]", {"{% yield n from names %}{{ n }}{% endyield %}": "x"}))
        assert made == {"b": "x"}

    def test_a_name_has_one_loop(self, write_template: Write, mint: Mint) -> None:
        name = "{% yield a from x %}{{ a }}{% endyield %}{% yield b from x %}{{ b }}{% endyield %}"
        with pytest.raises(TemplateError, match="one `yield`"):
            mint(write_template("x: [1]", {name: ""}))

    def test_contents_have_none(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(GenerationFailed) as caught:
            mint(write_template("x: [1]", {"a.jinja": "{% yield a from x %}{{ a }}{% endyield %}", "b": ""}))
        assert "names of files and directories" in str(caught.value.exceptions[0])


class TestLeavingOut:
    def test_the_usual_files_are_left_out(self, write_template: Write, mint: Mint) -> None:
        files = {"~x": "", "a.pyc": "", "d/__pycache__/b": "", ".DS_Store": "", ".svn/x": "", "kept": ""}
        assert mint(write_template("", files)) == {"d": "/", "kept": ""}

    def test_patterns_of_the_template_take_the_place_of_the_usual_ones(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("_exclude: ['*.txt', copier.yml]", {"a.txt": "", "b.pyc": "", "d/c.txt": ""}))
        assert made == {"b.pyc": "", "d": "/"}

    def test_patterns_are_rendered_and_may_be_several_lines(self, write_template: Write, mint: Mint) -> None:
        config = """
docker: false
_exclude:
  - copier.yml
  - "{% if not docker %}docker{% endif %}"
  - |
    {% for name in ['a', 'b'] %}
    {{ name }}.txt
    {% endfor %}
  - "{% if _copier_operation == 'update' %}kept{% endif %}"
"""
        files = {"docker/x": "", "a.txt": "", "b.txt": "", "c.txt": "", "kept": ""}
        assert mint(write_template(config, files)) == {"c.txt": "", "kept": ""}

    def test_a_later_pattern_can_take_something_back(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("_exclude: ['*', '!*.md', 'x.md']", {"a": "", "d/keep.md": "", "d/x.md": ""}))
        assert made == {"d/keep.md": ""}

    def test_patterns_are_compared_with_the_rendered_path(self, write_template: Write, mint: Mint) -> None:
        made = mint(
            write_template("{x: secret, _exclude: [copier.yml, secret.txt]}", {"{{ x }}.txt.jinja": "", "b": ""})
        )
        assert made == {"b": ""}

    def test_a_pattern_for_folders_leaves_out_what_is_in_them_but_not_the_folder(
        self, write_template: Write, mint: Mint
    ) -> None:
        assert mint(write_template("_exclude: [copier.yml, d/]", {"d/a": "", "d/e/b": ""})) == {"d": "/"}


class TestSubdirectory:
    def test_only_what_is_in_it_comes_out(self, write_template: Write, mint: Mint) -> None:
        config = "kind: python\n_subdirectory: 'templates/{{ kind }}'"
        files = {"templates/python/a": "py", "templates/rust/a": "rs", "README": "x"}
        assert mint(write_template(config, files)) == {"a": "py"}

    def test_nothing_is_left_out_in_it_by_itself(self, write_template: Write, mint: Mint) -> None:
        files = {"t/copier.yml": "x: 1", "t/a.pyc": "", "t/~b": ""}
        assert mint(write_template("_subdirectory: t", files)) == {"copier.yml": "x: 1", "a.pyc": "", "~b": ""}

    @pytest.mark.parametrize("name", ["..", "/etc", "link"])
    def test_it_cannot_lead_out(self, write_template: Write, mint: Mint, name: str) -> None:
        with pytest.raises(UnsafePathError):
            mint(write_template(f"_subdirectory: {name}", {"link": "-> /etc"}))


class TestLinks:
    def test_links_are_followed(self, write_template: Write, mint: Mint) -> None:
        files = {"a.txt": "x", "b.txt": "-> a.txt", "d/c": "y", "e": "-> d", "f.jinja": "-> t", "t": "{{ 1 }}"}
        made = mint(write_template("", files))
        assert made == {"a.txt": "x", "b.txt": "x", "d/c": "y", "e/c": "y", "f": "1", "t": "{{ 1 }}"}

    def test_or_kept_as_they_are(self, write_template: Write, mint: Mint) -> None:
        files = {"a.txt": "x", "b": "-> a.txt", "d/c": "y", "e": "-> ./d", "broken": "-> nowhere"}
        made = mint(write_template("_preserve_symlinks: true", files))
        assert made == {"a.txt": "x", "b": "-> a.txt", "d/c": "y", "e": "-> d", "broken": "-> nowhere"}

    def test_where_a_kept_link_leads_is_rendered_if_it_has_the_suffix(self, write_template: Write, mint: Mint) -> None:
        files = {"a.txt": "x", "b.jinja": "-> {{ name }}.txt", "c": "-> {{ name }}.txt"}
        made = mint(write_template("{name: a, _preserve_symlinks: true}", files))
        assert made == {"a.txt": "x", "b": "-> a.txt", "c": "-> {{ name }}.txt"}

    def test_a_link_in_the_project_is_replaced_not_written_through(
        self, write_template: Write, mint: Mint, tmp_path: Path
    ) -> None:
        victim = tmp_path / "victim"
        victim.write_text("mine")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "a").symlink_to(victim)
        assert mint(write_template("", {"a": "x"}), overwrite=True) == {"a": "x"}
        assert victim.read_text() == "mine"

    @pytest.mark.parametrize("leads_to", ["/etc/hostname", "../outside"])
    def test_a_followed_link_that_leads_out_is_refused(
        self, write_template: Write, mint: Mint, tmp_path: Path, leads_to: str
    ) -> None:
        (tmp_path / "outside").write_text("secret")
        with pytest.raises(UnsafePathError, match="leads out of the template"):
            mint(write_template("", {"a": f"-> {leads_to}"}))

    def test_a_link_that_leads_to_nothing_is_an_error_unless_left_out(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(TemplateError, match="leads to nothing"):
            mint(write_template("", {"a": "-> nowhere"}))

    def test_a_broken_link_that_is_left_out_hurts_nobody(self, write_template: Write, mint: Mint) -> None:
        assert mint(write_template("_exclude: [copier.yml, a]", {"a": "-> nowhere", "b": "x"})) == {"b": "x"}

    def test_a_folder_that_leads_into_itself_is_an_error(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(TemplateError, match="leads back"):
            mint(write_template("", {"d/again": "-> ../d"}))

    def test_a_link_of_the_template_cannot_be_included_from_outside(
        self, write_template: Write, mint: Mint, tmp_path: Path
    ) -> None:
        (tmp_path / "secret").write_text("secret")
        files = {"t/a.jinja": "{% include 'part' %}", "part": "-> ../secret", "t/b": ""}
        with pytest.raises(GenerationFailed) as caught:
            mint(write_template("_subdirectory: t", files))
        assert "included from outside" in str(caught.value.exceptions[0])


class TestFilters:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{{ [1, 2] | to_nice_yaml }}", "- 1\n- 2\n"),
            ("{{ {'b': 1, 'a': [x]} | to_json }}", '{"b": 1, "a": ["Zoe"]}'),
            ("{{ 'a b' | quote }} {{ 'x/y.txt' | basename }} {{ 'abc' | hash('md5') }}", None),
            ("{{ 'abc' | regex_replace('b', 'x') }} {{ 'yes' | bool }} {{ [[1], [2]] | flatten }}", "axc True [1, 2]"),
            ("{{ true | ternary('a', 'b') }} {{ 'eA==' | b64decode }} {{ 'x' | b64encode }}", "a x eA=="),
            ("{{ pathjoin('a', 'b') }} {{ pathjoin('a', 'b', mode='windows') }}", "a/b a\\b"),
            ("{{ {'a': 1} | combine({'b': 2}) }}", "{'a': 1, 'b': 2}"),
            ("{{ 'a: 1' | from_yaml }} {{ _copier_conf.os }} {{ _copier_conf.sep }}", None),
            ("{{ _copier_phase }} {{ _copier_operation | default('none') }} {{ _folder_name }}", "render none out"),
            ("{{ _copier_conf.dst_path | to_json }}", None),
            ("{{ _copier_conf.exclude }} {{ _copier_conf.skip_if_exists }}", "[] []"),
            ("{{ _copier_answers | to_json }}", None),
        ],
    )
    def test_filters_and_names_of_copier_are_there(
        self, write_template: Write, mint: Mint, text: str, expected: str | None
    ) -> None:
        made = mint(write_template("x: Zoe", {"a.jinja": text}))
        assert expected is None or made["a"] == expected

    @pytest.mark.parametrize(
        ("text", "is_fast"),
        [
            (
                "{{ name | regex_search('o.') }} {{ name | regex_search('q') }} {{ name | regex_search('(Z)(o)') }}",
                True,
            ),
            ("{% if not (name | regex_search('^[a-z]+$')) %}no{% endif %}", True),
            ("{{ name | regex_search('^$', multiline=true) }}", False),
            ("{{ name | regex_search('(o)', '\\\\1') }}", False),
            ("{{ name | regex_search('(') }}", False),
            ("{{ number | regex_search('1') }}", False),
            ("{{ name | regex_replace('[^a-z]', '_') }} {{ name | regex_replace('(e)', '<\\\\1>') }}", True),
            ("{{ name | regex_replace('z', '', true) }}{{ number | regex_replace('1', '2') }}", False),
            ("{{ '%Y-%m' | strftime }} {{ name | strftime }}", True),
            ("{{ '%H' | strftime }}", False),
            ("{{ '%Y' | strftime(0) }}", False),
        ],
    )
    def test_a_text_is_filtered_as_ansible_does_also_without_loading_it(self, text: str, is_fast: bool) -> None:
        extensions = ("mintage.formats.copier.extensions.CopierExtension",)
        settings = RendererSettings(extensions=extensions, text_filters=TEXT_FILTERS)
        results: list[str] = []
        for fast in (True, False):
            render = JinjaText(settings, may_be_fast=fast)
            try:
                results.append(render.text(text, {"name": "Zoe", "number": 12}, what="a text"))
            except RenderError as error:
                results.append(error.what)
            assert ("environment" not in vars(render)) is (fast and is_fast)
        assert results[0] == results[1]

    def test_a_pattern_that_takes_for_ever_is_given_up(self, write_template: Write, tmp_path: Path) -> None:
        configuration = """x: {default: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!}
y: {default: "{{ x | regex_search('^(a+)+$') }}", type: str}
"""
        options = Options(limits=Limits(render_time=0.3))
        with pytest.raises(RenderError, match="took longer than"):
            Generator(options).generate(write_template(configuration, {"a": ""}), tmp_path / "out")

    def test_the_configuration_is_in_copiers_order(self, write_template: Write, mint: Mint) -> None:
        made = mint(write_template("", {"a.jinja": "{{ _copier_conf | list | join(' ') }}"}))
        assert made["a"].split()[:8] == [
            *("src_path", "dst_path", "answers_file", "vcs_ref", "vcs_ref_hash", "data", "settings", "exclude"),
        ]

    @pytest.mark.parametrize(
        "expression",
        [
            "().__class__.__bases__",
            "_copier_conf.src_path.parser",
            "_copier_conf.src_path._flavour",
            "_copier_conf.src_path.read_text()",
            "cycler.__init__.__globals__",
        ],
    )
    def test_expressions_reach_no_file_and_no_internals(
        self, write_template: Write, mint: Mint, tmp_path: Path, expression: str
    ) -> None:
        template = write_template("", {"a.jinja": f"<{{{{ {expression} }}}}>", "b": ""})
        try:
            made: dict[str, Any] = mint(template)
        except GenerationFailed:
            return
        assert made["a"] == "<>"

    def test_nothing_of_the_sandbox_is_lifted_by_trust(self, write_template: Write, mint: Mint) -> None:
        with pytest.raises(GenerationFailed):
            mint(write_template("", {"a.jinja": "{{ ''.__class__.__mro__[1] }}", "b": ""}), trust=True)


def test_nothing_of_ours_is_added(write_template: Write, mint: Mint, tmp_path: Path) -> None:
    assert mint(write_template("x: 1", {"a": "b"})) == {"a": "b"}
    assert os.listdir(tmp_path / "out") == ["a"]


@pytest.mark.parametrize("config", ["a: 1", "_exclude: ['*']"])
def test_where_nothing_comes_out_there_is_no_project(
    write_template: Write, tmp_path: Path, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from mintage.cli import run

    template = write_template(config)
    assert run(["new", str(template), str(tmp_path / "out"), "--defaults"]) == 0
    assert not (tmp_path / "out").exists()
    assert "the template generates nothing" in capsys.readouterr().out
