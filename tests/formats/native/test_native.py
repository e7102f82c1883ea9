"""Native templates, from mintage.toml to the project."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

import mintage
from mintage.errors import AnswerError, MintageError, TemplateError, UnsafePathError, UntrustedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]


def made(files: dict[str, str]) -> dict[str, str]:
    """Without the saved answers."""
    return {path: text for path, text in files.items() if path != ".mintage.toml"}


def test_files_and_paths_are_rendered_and_the_configuration_is_left_out(write_tree: Write, mint: Any) -> None:
    template = write_tree(
        {"mintage.toml": '[questions.name]\ndefault = "x"\n', "{{ name }}/{{ name }}.txt": "{{ name }}!\n"}
    )
    assert made(mint(template)) == {"x/x.txt": "x!\n"}


def test_an_empty_part_of_a_path_leaves_out_what_is_below(write_tree: Write, mint: Any) -> None:
    toml = '[questions.docs]\ntype = "bool"\ndefault = false\n'
    template = write_tree(
        {"mintage.toml": toml, "{% if docs %}docs{% endif %}/a/b.md": "", "{{ 'x' if docs }}": "", "kept": ""}
    )
    assert set(made(mint(template))) == {"kept"}
    assert set(made(mint(template, data={"docs": True}, overwrite=True))) == {"kept", "docs/a/b.md", "x"}


def test_rules_exclude_copy_and_spare_files(write_tree: Write, mint: Any, tmp_path: Path) -> None:
    toml = """
[questions.slim]
type = "bool"
default = true
[files]
exclude = ["*.bak", { match = ["extra/", "more.txt"], when = "slim" }]
copy_only = ["raw/**"]
skip_if_exists = ["mine.txt"]
"""
    files = {"a.bak": "", "extra/x": "", "more.txt": "", "raw/r.txt": "{{ kept }}", "mine.txt": "theirs"}
    template = write_tree({"mintage.toml": toml, **files})
    assert made(mint(template)) == {"raw/r.txt": "{{ kept }}", "mine.txt": "theirs"}
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert made(mint(template, overwrite=True))["mine.txt"] == "mine"


def test_one_template_file_becomes_many(write_tree: Write, mint: Any) -> None:
    toml = """
[questions.names]
type = "list"
default = ["a", "b"]
[[each]]
file = "one.txt"
items = "names"
as = "n"
path = "{{ n }}/{{ n }}.txt"
"""
    template = write_tree({"mintage.toml": toml, "one.txt": "{{ n }} of {{ names | length }}"})
    assert made(mint(template)) == {"a/a.txt": "a of 2", "b/b.txt": "b of 2"}
    assert made(mint(template, flags={"names": "c"}, overwrite=True))["c/c.txt"] == "c of 1"


def test_a_suffix_says_which_files_are_rendered(write_tree: Write, mint: Any) -> None:
    template = write_tree(
        {"mintage.toml": '[render]\nsuffix = ".tmpl"\n', "a.txt.tmpl": "{{ 1 + 1 }}", "b.txt": "{{ 1 + 1 }}"}
    )
    assert made(mint(template)) == {"a.txt": "2", "b.txt": "{{ 1 + 1 }}"}


def test_delimiters_and_white_space_are_the_templates_choice(write_tree: Write, mint: Any) -> None:
    toml = """
[render]
trim_blocks = true
lstrip_blocks = true
undefined = "lenient"
[render.delimiters]
variable = ["[[", "]]"]
block = ["[%", "%]"]
"""
    template = write_tree({"mintage.toml": toml, "f": "  [% if true %]\n[[ 1 ]]{{ x }}[[ nobody ]]\n  [% endif %]\n"})
    assert made(mint(template)) == {"f": "1{{ x }}\n"}


def test_files_read_the_outputs_of_others_and_wait_for_them(write_tree: Write, mint: Any) -> None:
    template = write_tree(
        {
            "mintage.toml": "",
            "a_index.md": "{% for f in outputs('*.py') %}{{ f }} {{ f.text }} {{ f.sha256[:4] }};{% endfor %}",
            "x.py": "{{ 'rendered' }}",
            "copy.txt": "{{ output('x.py') }}",
        }
    )
    for executor in ("sequential", "processes"):
        out = made(mint(template, executor=executor, overwrite=True))
        assert out["a_index.md"].startswith("x.py rendered ")
        assert out["copy.txt"] == "rendered"


def test_a_cycle_is_refused_by_name(write_tree: Write, mint: Any, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": "", "a": "{{ output('b') }}", "b": "{{ output('a') }}"})
    with pytest.raises(MintageError, match=r"a -> b -> a|b -> a -> b"):
        mint(template)
    assert not (tmp_path / "out").exists()


def test_tasks_run_in_order_with_trust_only(write_tree: Write, mint: Any) -> None:
    toml = """
[[tasks]]
name = "second"
run = "cat first.txt > second.txt"
after = ["task:first"]
[[tasks]]
name = "first"
run = ["sh", "-c", "cat a.txt > first.txt"]
[[tasks]]
name = "never"
run = "touch never"
when = "false"
[[tasks]]
name = "staged"
run = "cp a.txt staged.txt"
where = "staging"
after = ["a.txt"]
"""
    template = write_tree({"mintage.toml": toml, "a.txt": "{{ 'a' }}"})
    with pytest.raises(UntrustedError, match="author"):
        mint(template)
    assert made(mint(template, trust=True)) == dict.fromkeys(("a.txt", "first.txt", "second.txt", "staged.txt"), "a")


def test_the_answers_are_saved_without_secrets_and_used_again(write_tree: Write, mint: Any) -> None:
    toml = """
[questions.name]
default = "x"
[questions.key]
type = "secret"
default = "hidden"
"""
    template = write_tree({"mintage.toml": toml, "f": "{{ name }} {{ key }}"})
    saved = tomllib.loads(mint(template, flags={"name": "given"})[".mintage.toml"])
    assert saved["answers"] == {"name": "given"}
    assert mint(template, overwrite=True)["f"] == "given hidden"


def test_a_template_keeps_the_name_by_which_a_project_knows_it(
    write_tree: Write, mint: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree({"mintage.toml": ""})
    monkeypatch.chdir(tmp_path)
    first = mint("template")
    assert 'source = "template"' in first[".mintage.toml"]
    assert mint("./template", overwrite=True) == first
    write_tree({"mintage.toml": ""}, "other")
    assert 'source = "other"' in mint("other", overwrite=True)[".mintage.toml"]


class TestQuestions:
    TOML = """
[questions.name]
pattern = "[a-z]+"
message = "lowercase letters"
default = "ok"
[questions.port]
type = "int"
default = 8000
check = "port > 1024"
[questions.db]
type = "choice"
choices = ["none", { value = "pg", label = "PostgreSQL" }]
default = "none"
[questions.url]
default = "{{ db }}://{{ name }}"
when = "db != 'none'"
"""

    @pytest.fixture
    def template(self, write_tree: Write) -> Path:
        return write_tree({"mintage.toml": self.TOML, "f": "{{ name }} {{ port + 1 }} {{ db }} {{ url }}"})

    def test_defaults_are_rendered_in_order(self, template: Path, mint: Any) -> None:
        assert mint(template)["f"] == "ok 8001 none none://ok"

    def test_answers_have_the_type_of_their_question(self, template: Path, mint: Any) -> None:
        assert mint(template, flags={"port": "2000", "db": "PostgreSQL"})["f"] == "ok 2001 pg pg://ok"

    def test_all_invalid_answers_are_named_with_their_lines(self, template: Path, mint: Any) -> None:
        flags = {"name": "BAD", "port": "80", "db": "mysql", "prot": "1"}
        with pytest.raises(AnswerError) as caught:
            mint(template, flags=flags)
        said = [f"{problem.where.line if problem.where else ''} {problem.what}" for problem in caught.value.problems]
        assert said[0] == "2 name: lowercase letters"
        assert said[1].startswith("6 port: this must be true")
        assert said[2].startswith("10 db: 'mysql' is not one of the choices")
        assert "did you mean port?" in said[3]

    def test_all_missing_answers_are_named_at_once(self, write_tree: Write, mint: Any) -> None:
        template = write_tree({"mintage.toml": "[questions.a]\n[questions.b]\n", "f": "{{ a }}"}, "other")
        with pytest.raises(AnswerError, match="a, b"):
            mint(template)


@pytest.mark.parametrize(
    ("toml", "line", "said"),
    [
        ("[template]\nname = 'x\n", 2, "TOML"),
        ("\n[quetsions.a]\n", 2, "questions"),
        ("[questions.a]\ntype = 'str'\ndefualt = 1\n", 3, "default"),
        ("[questions.a]\ntype = 'string'\n", 2, "type"),
        ("[questions.a]\npattern = '('\n", 2, "pattern"),
        ("[questions.a]\ntype = 'choice'\n", 1, "no choices"),
        ("[[order]]\nfiles = ['a']\nafter = ['b']\n[[order]]\nfiles = 'a'\nafter = []\n", 5, "array"),
        ("[[tasks]]\nname = 'a'\nrun = 'x'\n[[tasks]]\nname = 'a'\nrun = 'x'\n", 5, "two tasks"),
        ("[template]\nrequires = '>=99'\n", None, "needs mintage"),
        ("[[each]]\nfile = 'nowhere'\nitems = '[1]'\n", None, "nowhere"),
    ],
)
def test_every_mistake_in_the_configuration_has_its_place(
    write_tree: Write, mint: Any, toml: str, line: int | None, said: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        mint(write_tree({"mintage.toml": toml}))
    assert said in caught.value.what
    assert caught.value.where
    assert caught.value.where.line == line


def test_a_root_outside_of_the_template_is_refused(write_tree: Write, mint: Any) -> None:
    with pytest.raises(UnsafePathError):
        mint(write_tree({"mintage.toml": "[template]\nroot = '..'\n"}))


def test_the_template_may_name_the_project(write_tree: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    template = write_tree({"mintage.toml": '[template]\noutput = "made-{{ 1 }}"\n', "f": ""})
    monkeypatch.chdir(tmp_path)
    assert mintage.generate(template).destination == tmp_path / "made-1"
