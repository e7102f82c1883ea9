"""Hooks of Cookiecutter templates: when they run, where, and what becomes of a project whose hook fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mintage.engine.failures import GenerationFailed
from mintage.errors import MintageError, TemplateError, UntrustedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]
    Mint = Callable[..., dict[str, bytes]]

POST = "hooks/post_gen_project.py"
PRE = "hooks/pre_gen_project.py"


def test_hooks_run_only_with_trust(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({}, {"f.txt": "x"}, {POST: "open('made.txt', 'w').close()"})
    with pytest.raises(UntrustedError, match=r"post_gen_project\.py|hook"):
        mint(template)
    assert not (tmp_path / "out").exists()
    assert set(mint(template, trust=True)) == {"f.txt", "made.txt"}


def test_without_hooks_no_trust_is_needed(make_template: Make, mint: Mint) -> None:
    template = make_template({}, {"f.txt": "x"}, {POST: "open('made.txt', 'w').close()"})
    assert set(mint(template, run_tasks=False)) == {"f.txt"}


def test_a_hook_is_rendered_and_runs_in_the_finished_project(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    hook = "import os\nopen('seen.txt', 'w').write('{{ cookiecutter.name }} ' + os.getcwd())\n"
    seen = mint(make_template({}, {"f.txt": "x"}, {POST: hook}), trust=True)["seen.txt"].decode()
    assert seen == f"project {tmp_path / 'out' / 'project'}"


def test_the_usual_idiom_of_removing_files_works(make_template: Make, mint: Mint) -> None:
    hook = "import os, shutil\nos.remove('b.txt')\nshutil.rmtree('d')\n"
    template = make_template({}, {"a.txt": "", "b.txt": "", "d/c.txt": ""}, {POST: hook})
    assert set(mint(template, trust=True)) == {"a.txt"}


def test_shell_scripts_and_python_scripts_of_one_hook_both_run(make_template: Make, mint: Mint) -> None:
    others = {POST: "open('py.txt', 'w').close()", "hooks/post_gen_project.sh": "#!/bin/sh\ntouch sh.txt\n"}
    assert set(mint(make_template({}, {}, others), trust=True)) == {"py.txt", "sh.txt"}


def test_the_first_hook_runs_before_any_file_and_its_files_are_kept(make_template: Make, mint: Mint) -> None:
    hook = (
        "import os\nseen = os.listdir('.')\nopen('seen.txt', 'w').write(str(seen))\nopen('f.txt', 'w').write('old')\n"
    )
    made = mint(make_template({}, {"f.txt": "new"}, {PRE: hook}), trust=True)
    assert made == {"f.txt": b"new", "seen.txt": b"[]"}


def test_a_first_hook_that_fails_leaves_nothing(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({}, {"f.txt": "x"}, {PRE: "import sys\nsys.exit(3)"})
    with pytest.raises(TemplateError, match="status 3"):
        mint(template, trust=True)
    assert list(tmp_path.iterdir()) == [template]


def test_a_last_hook_that_fails_takes_the_new_project_with_it(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({}, {"f.txt": "x"}, {POST: "import sys\nsys.exit(3)"})
    with pytest.raises(GenerationFailed) as caught:
        mint(template, trust=True)
    assert not caught.value.report.delivered
    assert not (tmp_path / "out" / "project").exists()


def test_the_project_of_a_failed_hook_can_be_kept(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({}, {"f.txt": "x"}, {POST: "import sys\nsys.exit(3)"})
    with pytest.raises(GenerationFailed):
        mint(template, trust=True, keep_on_failure=True)
    assert (tmp_path / "out" / "project" / "f.txt").read_text() == "x"


def test_a_project_that_was_there_before_survives_a_failing_hook(
    make_template: Make, mint: Mint, tmp_path: Path
) -> None:
    project = tmp_path / "out" / "project"
    project.mkdir(parents=True)
    (project / "mine.txt").write_text("mine")
    template = make_template({}, {"f.txt": "x"}, {POST: "import sys\nsys.exit(3)"})
    with pytest.raises(GenerationFailed):
        mint(template, trust=True, overwrite=True)
    assert (project / "mine.txt").read_text() == "mine"


def test_a_hook_can_use_what_is_injected(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    hook = "open('seen.txt', 'w').write({{ cookiecutter._output_dir | tojson }})"
    template = make_template({}, {}, {POST: hook})
    assert mint(template, trust=True)["seen.txt"].decode() == str(tmp_path / "out")


def test_hooks_may_import_cookiecutter(make_template: Make, mint: Mint) -> None:
    hook = "from cookiecutter.utils import simple_filter\nimport cookiecutter.main\nopen('ok', 'w').close()"
    assert set(mint(make_template({}, {}, {POST: hook}), trust=True)) == {"ok"}


def test_hooks_may_use_what_cookiecutter_has_for_folders(make_template: Make, mint: Mint) -> None:
    hook = """
import os, pathlib
from cookiecutter.utils import make_executable, make_sure_path_exists, rmtree, work_in
make_sure_path_exists("a/b")
with work_in("a"):
    pathlib.Path("b/run").touch()
    make_executable("b/run")
    assert os.access("b/run", os.X_OK)
os.chmod("a/b", 0o500)
rmtree("a")
assert not os.path.exists("a")
try:
    rmtree("a")
except FileNotFoundError:
    open("ok", "w").close()
"""
    assert set(mint(make_template({}, {}, {POST: hook}), trust=True)) == {"ok"}


def test_a_hook_may_fail_by_cookiecutters_exception(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    hook = "from cookiecutter.exceptions import FailedHookException\nraise FailedHookException('no')"
    with pytest.raises(GenerationFailed):
        mint(make_template({}, {"f": "x"}, {POST: hook}), trust=True)
    assert not (tmp_path / "out" / "project").exists()


def test_a_hook_may_look_at_the_users_configuration_and_at_the_answers_that_are_kept(
    make_template: Make, mint: Mint
) -> None:
    hook = """
import cookiecutter.config, cookiecutter.replay, json
kept = cookiecutter.config.get_user_config()["replay_dir"]
context = cookiecutter.replay.load(kept, "template")
context["cookiecutter"]["v"] += "!"
cookiecutter.replay.dump(kept, "other", context)
json.dump(cookiecutter.replay.load(kept, "other")["cookiecutter"]["v"], open("v.json", "w"))
"""
    assert mint(make_template({"v": "x"}, {}, {POST: hook}), trust=True) == {"v.json": b'"x!"'}


def test_a_hook_may_ask(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    hook = """
import io, json, sys
from cookiecutter.prompt import read_user_choice, read_user_variable, read_user_yes_no
sys.stdin = io.StringIO("maybe\\nn\\n\\n2\\n\\nAda\\n")
answers = [
    read_user_yes_no("sure", "y"),
    read_user_yes_no("sure", True),
    read_user_choice("colour", ["red", "blue"], {"colour": {"__prompt__": "Which?"}}),
    read_user_choice("colour", ["red", "blue"]),
    read_user_variable("name", "Bob", {"name": "Who?"}),
]
json.dump(answers, open("answers.json", "w"))
"""
    made = mint(make_template({}, {}, {POST: hook}), trust=True)
    assert json.loads(made["answers.json"]) == [False, True, "blue", "red", "Ada"]


def test_a_hook_may_mint_another_template(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "{{cookiecutter.name}}").mkdir(parents=True)
    (inner / "cookiecutter.json").write_text('{"name": "inside"}')
    (inner / "{{cookiecutter.name}}" / "f.txt").write_text("{{ cookiecutter.name }}")
    hook = f"from cookiecutter.main import cookiecutter\ncookiecutter({str(inner)!r}, no_input=True)\n"
    assert mint(make_template({}, {}, {POST: hook}), trust=True) == {"inside/f.txt": b"inside"}


def test_pre_prompt_changes_a_copy_of_the_template(make_template: Make, mint: Mint) -> None:
    hook = "import json\nv = json.load(open('cookiecutter.json'))\nv['v'] = 'changed'\n"
    hook += "json.dump(v, open('cookiecutter.json', 'w'))\n"
    template = make_template({"v": "x"}, {"f.txt": "{{ cookiecutter.v }}"}, {"hooks/pre_prompt.py": hook})
    assert mint(template, trust=True) == {"f.txt": b"changed"}
    assert "changed" not in (template / "cookiecutter.json").read_text()
    assert mint(template, run_tasks=False, overwrite=True)["f.txt"] == b"x"


def test_a_failing_pre_prompt_ends_the_run(make_template: Make, mint: Mint, tmp_path: Path) -> None:
    template = make_template({}, {"f.txt": "x"}, {"hooks/pre_prompt.py": "raise SystemExit(1)"})
    with pytest.raises(TemplateError, match="pre_prompt"):
        mint(template, trust=True)
    assert not (tmp_path / "out").exists()


def test_a_hook_that_does_not_parse_is_an_error_before_anything_is_written(
    make_template: Make, mint: Mint, tmp_path: Path
) -> None:
    template = make_template({}, {"f.txt": "x"}, {POST: "{{ cookiecutter.nobody }}"})
    with pytest.raises(MintageError, match="nobody"):
        mint(template, trust=True)
    assert not (tmp_path / "out").exists()


def test_backups_of_editors_are_no_hooks(make_template: Make, mint: Mint) -> None:
    assert mint(make_template({}, {"f": "x"}, {"hooks/post_gen_project.py~": "raise SystemExit(1)"})) == {"f": b"x"}
