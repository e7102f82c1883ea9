"""A Cookiecutter template becomes a native one that makes the same projects."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

import mintage
from mintage.conversion import convert
from mintage.errors import AnswerError, CommitError, OutputExistsError, TemplateError, UnsafePathError, UsageError
from mintage.minting.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n\0{{ cookiecutter.x }}"


def test_questions_keep_their_kinds_their_order_and_their_prompts(cookiecutter: Any, converted: Any) -> None:
    template = cookiecutter(
        {
            "slug": "{{ cookiecutter.name | slugify }}",
            "port": 8080,
            "table": {"a": {"b": "{{ cookiecutter.slug }}"}},
            "license": ["MIT", "none"],
            "docs": True,
            "nothing": None,
            "_plain": ["{{ x }}", 1],
            "__made": "{{ cookiecutter.port }}!",
            "__prompts__": {"slug": "The [bold]slug[/]", "license": {"__prompt__": "Which?", "none": "No license"}},
        },
        {
            "a.txt": "{{ cookiecutter.table.a.b }} {{ cookiecutter._plain }} {{ cookiecutter.__made }}",
        },
    )
    conversion, files, toml = converted(template)
    assert toml["questions"] == {
        "name": {"default": "project"},
        "slug": {"default": "{{ name | slugify }}", "prompt": "The slug"},
        "port": {"default": "8080"},
        "license": {
            "type": "choice",
            "choices": ["MIT", {"value": "none", "label": "No license"}],
            "default": "MIT",
            "prompt": "Which?",
        },
        "docs": {"type": "bool", "default": True},
        "nothing": {},
        "_plain": {"ask": False, "default": ["{% raw %}{{ x }}{% endraw %}", 1]},
        "__made": {"ask": False, "default": "{{ port }}!"},
        "table": {"type": "dict", "default": {"a": {"b": "{{ slug }}"}}},
    }
    assert list(toml["questions"])[-1] == "table"
    assert files["a.txt"] == b"{{ table.a.b }} {{ _plain }} {{ __made }}"
    assert "it has no default" in conversion.notes[0].what
    assert toml["template"] == {"root": "files", "output": "{{name}}"}


def test_every_two_choices_are_compared_and_equal(cookiecutter: Any, converted: Any) -> None:
    template = cookiecutter(
        {"a": ["1", "2", "3"], "b": [True, "x"], "c": True, "d": ["p", "q"]},
        {
            "{% if cookiecutter.c %}c.txt{% endif %}": "{{ cookiecutter.a }}{{ '!' if cookiecutter.d == 'q' }}\n",
            "{{ cookiecutter.d }}/{{ cookiecutter.a }}.txt": "x",
        },
    )
    conversion, files, _ = converted(template)
    assert set(files) == {"{% if c %}c.txt{% endif %}", "{{ d }}/{{ a }}.txt"}
    assert conversion.is_equal
    assert conversion.has_all_pairs
    sets = [each.answers for each in conversion.comparisons]
    assert sets[0] == {}
    met = {(one["a"], one["c"], one["d"]) for one in sets[1:]}
    assert {(a, c) for a, c, _ in met} == {(a, c) for a in "123" for c in (True, False)}
    assert {(a, d) for a, _, d in met} == {(a, d) for a in "123" for d in "pq"}


@pytest.mark.parametrize(
    ("variables", "files"),
    [
        ({"_copy_without_render": ["*.html"]}, {"a/x.html": "{{ raw }}", "y.html": "{% z", "z.txt": "{{ 1 }}"}),
        ({"_copy_without_render": ["raw", "a*[b]"]}, {"raw/{{ in }}/x": "{{ raw }}", "a{{ 1 }}b": "{{ q }}", "c": "x"}),
        ({"_copy_without_render": ["{{cookiecutter.name}}.x"]}, {"{{cookiecutter.name}}.x": "{{ raw }}"}),
        ({"_jinja2_env_vars": {"variable_start_string": "{{", "block_start_string": "<%", "block_end_string": "%>"}},
         {"a": "<% if 1 %>{{ cookiecutter.name }}<% endif %>{% x %}"}),
        ({"_jinja2_env_vars": {"trim_blocks": True, "lstrip_blocks": True}},
         {"a": "  {% if cookiecutter.name %}\nx\n  {% endif %}\n"}),
        ({"_new_lines": "\r\n"}, {"a": "x\ny\n", "b": "{{ 1 }}\n"}),
        ({"_new_lines": "\n"}, {"a": "x\r\ny\r\n", "b": "{{ 1 }}\r\n"}),
        ({}, {"mixed": "x\r\ny\nz\n", "tags": "{{ 1 }}\r\ny\n", "cr": "a\rb\r"}),
        ({}, {"no-newline": "{{ cookiecutter.name }}", "two": "x\n\n", "bom": "\ufeff{{ 1 }}", "empty": ""}),
        ({}, {"pic.png": PNG, "doc.pdf": b"%PDF {{ not a tag", "big5.txt": b"plain"}),
        ({"_extensions": ["jinja2.ext.do", "cookiecutter.extensions.SlugifyExtension"]},
         {"a": "{% set l = [] %}{% do l.append('A B' | slugify) %}{{ l }}"}),
        ({"x": "y"}, {"a": "{{ cookiecutter.keys() | list | first }} {{ cookiecutter['x'] }}"}),
        ({"range": "r", "loop": "l", "name2": "n"},
         {"a": "{% for name2 in range(2) %}{{ cookiecutter.range ~ cookiecutter.loop }}{% endfor %}",
          "b": "{% set name2 = 1 %}{{ cookiecutter.name2 ~ name2 }}"}),
        ({"o": {"a": None, "b": [None, 1]}}, {"a": "{{ cookiecutter.o.a }}{{ cookiecutter.o.b }}"}),
        ({"x-y": "dash"}, {"a": "{{ cookiecutter['x-y'] }}"}),
    ],
)  # fmt: skip
def test_what_decides_over_bytes_is_carried_over(
    cookiecutter: Any, converted: Any, variables: dict[str, Any], files: dict[str, str | bytes]
) -> None:
    conversion, _, _ = converted(cookiecutter(variables, files))
    assert [(each.differences, each.failure, each.unmade) for each in conversion.comparisons] == [((), "", "")]
    assert not [note for note in conversion.notes if note.is_lost]


def test_executables_stay_so_links_to_files_are_files_and_empty_folders_come_out(
    cookiecutter: Any, converted: Any, tmp_path: Path
) -> None:
    template = cookiecutter({}, {"run.sh": "echo {{ cookiecutter.name }}", "a/b.txt": "b {{ cookiecutter.name }}"})
    project = template / "{{cookiecutter.name}}"
    (project / "run.sh").chmod(0o755)
    (project / "link.txt").symlink_to("a/b.txt")
    (project / "folder").symlink_to("a")
    (project / "empty").mkdir()
    conversion, files, _ = converted(template)
    assert conversion.is_equal
    assert files["link.txt"] == files["a/b.txt"] == b"b {{ name }}"
    assert (tmp_path / "native" / "files" / "run.sh").stat().st_mode & 0o777 == 0o755
    assert "a link to a directory becomes an empty directory" in conversion.notes[0].what


def test_a_link_that_leads_out_is_refused(cookiecutter: Any, converted: Any, tmp_path: Path) -> None:
    template = cookiecutter({})
    (tmp_path / "secret").write_text("x")
    (template / "{{cookiecutter.name}}" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(UnsafePathError):
        converted(template)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original", "secret"]


def test_links_in_a_circle_are_refused(cookiecutter: Any, converted: Any) -> None:
    template = cookiecutter({"_copy_without_render": ["raw"]}, {"raw/x": ""})
    for name in ("one", "two"):
        (template / "{{cookiecutter.name}}" / "raw" / name).symlink_to(".")
    with pytest.raises(TemplateError, match="leads back to a directory that contains it"):
        converted(template)


def test_a_hook_that_is_a_link_out_of_the_template_is_not_read(
    cookiecutter: Any, converted: Any, tmp_path: Path
) -> None:
    template = cookiecutter({}, None, **{"hooks/x": ""})
    (tmp_path / "secret.py").write_text("secret")
    (template / "hooks" / "post_gen_project.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(UnsafePathError):
        converted(template)


def test_what_is_no_file_is_told_and_left_out(cookiecutter: Any, converted: Any) -> None:
    template = cookiecutter({})
    os.mkfifo(template / "{{cookiecutter.name}}" / "pipe")
    (template / "{{cookiecutter.name}}" / "gone").symlink_to("nowhere")
    conversion, files, _ = converted(template)
    assert set(files) == {"a.txt"}
    assert [(note.where, note.what) for note in conversion.notes] == [
        ("gone", "it is neither a file nor a directory, and is left out"),
        ("pipe", "it is neither a file nor a directory, and is left out"),
    ]


def test_what_lies_beside_the_project_comes_along(cookiecutter: Any, converted: Any, tmp_path: Path) -> None:
    others = {"README.md": "{{ cookiecutter.x }}", "files/x": "", "templates/head.txt": "{{ cookiecutter.name }}"}
    others["templates/{{x}}.txt"] = "{{ cookiecutter.name }}"
    files = {"a.txt": "{% include 'head.txt' %}{% include '{{x}}.txt' %}"}
    template = cookiecutter({}, files, **others, **{".git/x": ""})
    conversion = convert(template, tmp_path / "native", Options())
    assert conversion.is_equal
    made = {str(path.relative_to(tmp_path / "native")) for path in (tmp_path / "native").rglob("*") if path.is_file()}
    included = {"templates/head.txt", "templates/{{x}}.txt"}
    assert made == {"README.md", "files/x", "project/a.txt", "mintage.toml", *included}
    assert (tmp_path / "native" / "README.md").read_text() == "{{ cookiecutter.x }}"


def test_a_hook_that_refuses_answers_becomes_a_pattern(cookiecutter: Any, converted: Any, tmp_path: Path) -> None:
    hook = (
        'import re\nimport sys\n\nname = "{{ cookiecutter.name }}"\nif not re.match(r"^[a-z]+$", name):\n'
        '    print("lowercase letters only")\n    sys.exit(1)\n'
    )
    conversion, _, toml = converted(cookiecutter({}, None, **{"hooks/pre_gen_project.py": hook}))
    assert toml["questions"]["name"] == {
        "default": "project",
        "pattern": "^[a-z]+$",
        "message": "lowercase letters only",
    }
    assert (conversion.tasks, conversion.notes) == (0, ())
    with pytest.raises(AnswerError) as refused:
        mintage.generate(tmp_path / "native", tmp_path / "out", data={"name": "ABC"})
    assert "lowercase letters only" in refused.value.problems[0].what


def test_other_hooks_become_tasks_that_do_the_same(cookiecutter: Any, converted: Any, tmp_path: Path) -> None:
    made = "open('made', 'w').write('{{ cookiecutter.name }}')"
    hooks = {
        "hooks/pre_prompt.py": "print(1)",
        "hooks/pre_gen_project.sh": "#!/bin/sh\ntest {{ cookiecutter.name }} != bad\n",
        "hooks/post_gen_project.py": f"import os\nos.remove('a.txt')\n{made}\n",
    }
    conversion, _, toml = converted(cookiecutter({}, {"a.txt": "", "b.txt": ""}, **hooks))
    assert toml["tasks"] == [
        {"name": "pre_gen_project.sh", "script": "hooks/pre_gen_project.sh", "where": "before"},
        {"name": "post_gen_project.py", "script": "hooks/post_gen_project.py", "after": ["*"]},
    ]
    before_prompts, before, after = conversion.notes
    assert before_prompts.is_lost
    assert not before.is_lost
    assert "`[files] exclude`" in after.hint
    report = mintage.generate(tmp_path / "native", tmp_path / "out", options=Options(trust=True))
    assert sorted(path.name for path in report.destination.iterdir()) == [".mintage.toml", "b.txt", "made"]
    assert (report.destination / "made").read_text() == "project"
    with pytest.raises(mintage.MintageError):
        mintage.generate(tmp_path / "native", tmp_path / "bad", data={"name": "bad"}, options=Options(trust=True))
    assert not (tmp_path / "bad").exists()


def test_extensions_of_its_own_come_along_and_are_compared_only_if_trusted(
    cookiecutter: Any, converted: Any, tmp_path: Path
) -> None:
    code = (
        "from cookiecutter.utils import simple_filter\n\n\n@simple_filter\ndef shout(text):\n    return text.upper()\n"
    )
    variables = {"_extensions": ["local.shout", "jinja2_time.TimeExtension"]}
    files = {"a": "{{ cookiecutter.name | shout }}"}
    template = cookiecutter(variables, files, **{"local.py": code})
    conversion, _, toml = converted(template)
    assert toml["render"] == {"extensions": ["local.shout"]}
    assert (conversion.comparisons, conversion.is_equal) == ((), False)
    assert "`Options(trust=True)`" in conversion.not_compared
    mintage.generate(tmp_path / "native", tmp_path / "out", options=Options(trust=True))
    assert (tmp_path / "out" / "a").read_text() == "PROJECT"


def test_an_extension_that_looks_for_the_answers_is_told(cookiecutter: Any, converted: Any) -> None:
    code = """
from jinja2 import pass_context
from jinja2.ext import Extension

class Named(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.filters["named"] = pass_context(lambda context, _: context["cookiecutter"]["name"])
"""
    template = cookiecutter({"_extensions": ["named.Named"]}, {"a": "{{ 1 | named }}"}, **{"named.py": code})
    conversion, _, _ = converted(template, trust=True)
    assert "use the name `cookiecutter`" in conversion.notes[0].what
    assert conversion.notes[0].is_lost
    assert "cookiecutter" in conversion.comparisons[0].failure


def test_what_differs_is_told_with_its_line(cookiecutter: Any, converted: Any) -> None:
    template = cookiecutter(
        {}, {"a.txt": "same\n{{ cookiecutter | length }}\n", "b.txt": "{{ random_ascii_string(9) }}"}
    )
    conversion, _, _ = converted(template)
    [comparison] = conversion.comparisons
    assert comparison.differences == ("a.txt: differs from line 2 on",)
    assert comparison.unsteady == ("b.txt",)
    assert not conversion.is_equal


def test_a_folder_left_out_there_and_merged_here_is_told(cookiecutter: Any, converted: Any) -> None:
    template = cookiecutter({"ci": True}, {"{% if cookiecutter.ci %}ci{% endif %}/x": ""})
    conversion, _, _ = converted(template)
    assert "Cookiecutter puts them into the parent directory" in conversion.notes[0].what
    assert [bool(each.unmade) for each in conversion.comparisons] == [False, False, True]
    assert conversion.is_equal


def test_the_users_own_defaults_take_no_part_and_nothing_is_left_in_the_home(
    cookiecutter: Any, converted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text('[defaults]\nname = "mine"\n')
    (home / ".cookiecutterrc").write_text("default_context: {name: other}\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("MINTAGE_CONFIG_DIR", str(home / "config"))
    conversion, _, _ = converted(cookiecutter({}, {"{{ cookiecutter.name }}.txt": ""}))
    assert conversion.is_equal
    assert sorted(path.name for path in home.iterdir()) == [".cookiecutterrc", "config"]


def test_what_cannot_be_converted_is_refused_and_nothing_is_left(
    cookiecutter: Any, write_tree: Callable[..., Path], tmp_path: Path
) -> None:
    native = write_tree({"mintage.toml": ""}, "other")
    nested = write_tree(
        {"cookiecutter.json": '{"templates": {"a": {"path": "./a"}}}', "a/cookiecutter.json": "{}"}, "nested"
    )
    with pytest.raises(UsageError, match="not a Cookiecutter template"):
        convert(native, tmp_path / "out" / "deep", Options())
    with pytest.raises(UsageError, match="several templates"):
        convert(nested, tmp_path / "out", Options())
    with pytest.raises(OutputExistsError):
        convert(cookiecutter({}), nested, Options())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nested", "original", "other"]


def test_a_place_in_the_template_is_refused(cookiecutter: Any) -> None:
    template = cookiecutter({})
    before = sorted(template.rglob("*"))
    with pytest.raises(UsageError, match="is inside the template"):
        convert(template, template / "native", Options())
    assert sorted(template.rglob("*")) == before


def test_a_link_to_nothing_is_in_the_way(cookiecutter: Any, tmp_path: Path) -> None:
    (tmp_path / "native").symlink_to("nowhere")
    with pytest.raises(OutputExistsError):
        convert(cookiecutter({}), tmp_path / "native", Options())


def test_a_place_where_nothing_can_be_written_is_named(cookiecutter: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommitError, match=re.escape(f"can't write to {tmp_path / 'file'}")):
        convert(cookiecutter({}), tmp_path / "file" / "native", Options())


def _run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mintage", "convert", "original", "native", *arguments]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)


def test_the_command_says_what_it_made_and_whether_it_is_equal(cookiecutter: Any, tmp_path: Path) -> None:
    cookiecutter({"range": ["a", "b"]}, {"a.txt": "{{ cookiecutter.range }}"})
    run = _run(tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        "native: 2 questions, 1 file, 0 tasks",
        "  range is now range_",
        (
            "generated with the defaults and 2 sets of answers covering every pair of choices, "
            "and compared with the original:"
        ),
        "  equal byte for byte",
    ]


def test_the_command_ends_with_1_when_something_differs(cookiecutter: Any, tmp_path: Path) -> None:
    cookiecutter({}, {"a.txt": "{{ cookiecutter._template }}\x1b"})
    run = _run(tmp_path)
    assert run.returncode == 1
    assert "a.txt:1: `_template`, which Cookiecutter adds to the answers, no longer exists" in run.stdout
    assert "different with the defaults" in run.stdout


def test_where_the_original_makes_nothing_the_command_says_so(cookiecutter: Any, tmp_path: Path) -> None:
    cookiecutter({}, {"a.txt": "{{ nowhere }}"})
    run = _run(tmp_path)
    assert run.returncode == 1
    assert "1 of them don't produce a project in the original: a.txt: 'nowhere' is undefined" in run.stdout
    assert "so there was nothing to compare" in run.stdout


def test_links_may_lead_to_another_template_of_the_repository(write_tree: Callable[..., Path], tmp_path: Path) -> None:
    write_tree(
        {
            "one/cookiecutter.json": '{"x": "p"}',
            "one/{{cookiecutter.x}}/a.txt": "{{ cookiecutter.x }}",
            "two/cookiecutter.json": '{"x": "q"}',
            "two/{{cookiecutter.x}}/b.txt": "b",
        },
        "original",
    )
    (tmp_path / "original/two/{{cookiecutter.x}}/a.txt").symlink_to("../../one/{{cookiecutter.x}}/a.txt")
    (tmp_path / "original/two/inside").symlink_to("cookiecutter.json")
    (tmp_path / "original/two/beside").symlink_to("../one")
    (tmp_path / "original/two/outside").symlink_to(tmp_path)
    run = _run(tmp_path, "--directory", "two")
    assert (run.returncode, run.stderr) == (0, "")
    assert "outside: it is left out: the link leads out of the template" in run.stdout
    assert (tmp_path / "native" / "inside").is_symlink()
    assert not (tmp_path / "native" / "beside").is_symlink()
    assert (tmp_path / "native" / "beside" / "cookiecutter.json").is_file()
    assert (tmp_path / "native" / "files" / "a.txt").read_text() == "{{ x }}"


def test_an_interrupted_conversion_leaves_nothing_behind(cookiecutter: Any, tmp_path: Path) -> None:
    slow = "{% for i in range(100000) %}{{ i }}{% endfor %}"
    cookiecutter({"a": True, "b": True}, {f"{number}.txt": slow for number in range(300)})
    command = [sys.executable, "-m", "mintage", "convert", "original", "native"]
    run = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
    while run.poll() is None and not list(tmp_path.glob(".mintage-convert-*/*/.mintage-*")):
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert (run.returncode, b"interrupted" in errors) == (130, True)
    assert [path.name for path in tmp_path.iterdir()] == ["original"]


def test_a_project_that_lies_here_is_no_obstacle(cookiecutter: Any, tmp_path: Path) -> None:
    cookiecutter({}, {"a.txt": "{{ cookiecutter.name }}"})
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.txt").write_text("mine")
    assert _run(tmp_path).returncode == 0
    assert (tmp_path / "project" / "a.txt").read_text() == "mine"


def test_the_document_has_all_of_it(cookiecutter: Any, tmp_path: Path) -> None:
    cookiecutter({"app": ""}, {"{{ cookiecutter.app }}x.txt": "{{ cookiecutter.app }}"})
    document = json.loads(_run(tmp_path, "--json", "-d", "app=y").stdout)
    assert (document["kind"], document["version"], document["equal"]) == ("conversion", 1, True)
    assert document["comparisons"][0]["files"] == 1
