"""`mintage diff`: what minting into a project would change, as a patch that makes exactly those changes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mintage = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[..., Path]
    Described = Callable[..., None]

TEMPLATE: dict[str, str | bytes] = {
    "mintage.toml": '[questions.name]\ndefault = "atlas"\n',
    "README.md": "# {{ name }}\n\none\ntwo\nthree\nfour\nfive\nsix\n",
    "src/{{ name }}.py": "print('{{ name }}')\n",
    "logo.png": b"\x89PNG\0new",
    "run.sh": "#!/bin/sh\n",
}


def _contents(folder: Path) -> dict[str, tuple[bytes | str, bool]]:
    """Every file below a directory: what is in it, or where it leads, and whether it may be run."""
    found: dict[str, tuple[bytes | str, bool]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = (os.readlink(path), False)
        elif path.is_file():
            found[name] = (path.read_bytes(), bool(path.stat().st_mode & 0o100))
    return found


@pytest.fixture
def project(mintage: Mintage, write_tree: Write, tmp_path: Path) -> Path:
    """One that was made from TEMPLATE with another name, and to which much has happened since."""
    template = write_tree(TEMPLATE)
    (template / "run.sh").chmod(0o755)
    project = tmp_path / "project"
    assert mintage("new", "template", project, "-d", "name=zebra").returncode == 0
    (project / "README.md").write_text("# zebra\n\none\ntwo\n3\nfour\nfive\nsix\nseven")
    (project / "logo.png").write_bytes(b"\x89PNG\0old!")
    (project / "run.sh").chmod(0o644)
    (project / "src" / "zebra.py").unlink()
    (project / "own.txt").write_text("nobody else's")
    return project


def test_it_shows_what_git_would(mintage: Mintage, project: Path) -> None:
    done = mintage("diff", "template", "project")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "diff --git a/README.md b/README.md\n"
        "--- a/README.md\n"
        "+++ b/README.md\n"
        "@@ -2,8 +2,7 @@\n"
        " \n"
        " one\n"
        " two\n"
        "-3\n"
        "+three\n"
        " four\n"
        " five\n"
        " six\n"
        "-seven\n"
        "\\ No newline at end of file\n"
        "Binary files differ: logo.png (9 B) and logo.png (8 B)\n"
        "diff --git a/run.sh b/run.sh\n"
        "old mode 100644\n"
        "new mode 100755\n"
        "diff --git a/src/zebra.py b/src/zebra.py\n"
        "new file mode 100644\n"
        "--- /dev/null\n"
        "+++ b/src/zebra.py\n"
        "@@ -0,0 +1 @@\n"
        "+print('zebra')\n"
    )


@pytest.mark.parametrize("apply", [["git", "apply"], ["patch", "-p1", "--quiet", "--input"]])
def test_the_patch_makes_what_minting_makes(mintage: Mintage, project: Path, tmp_path: Path, apply: list[str]) -> None:
    patch = tmp_path / "changes.patch"
    patch.write_text(mintage("diff", "template", "project").stdout)
    subprocess.run([*apply, str(patch)], cwd=project, check=True, timeout=60)
    patched = _contents(project)
    assert mintage("new", "template", "project", "--overwrite", "--defaults").returncode == 0
    minted = _contents(project)
    del patched["logo.png"], minted["logo.png"]  # which a patch of text cannot make
    assert patched == minted


def test_nothing_is_touched_and_nothing_is_left_behind(
    mintage: Mintage, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    before = _contents(project), sorted(project.parent.iterdir())
    assert mintage("diff", "template", "project").returncode == 0
    assert (_contents(project), sorted(project.parent.iterdir())) == before
    assert not list(scratch.iterdir())


def test_a_project_that_is_as_it_was_made_has_no_differences(mintage: Mintage, write_tree: Write) -> None:
    write_tree(TEMPLATE)
    mintage("new", "template", "project", "-d", "name=zebra")
    done = mintage("diff", "template", "project", "--exit-code")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_project_that_is_not_there_is_all_new(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    write_tree(TEMPLATE)
    done = mintage("diff", "template", "project", "--name-only")
    assert done.stdout.splitlines() == [".mintage.toml", "README.md", "logo.png", "run.sh", "src/atlas.py"]
    assert not (tmp_path / "project").exists()


def test_in_a_project_its_template_and_answers_are_found(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    from mintage.cli import run

    monkeypatch.chdir(project / "src")
    assert run(["diff", "--name-only"]) == 0
    assert capfdbinary.readouterr().out == b"README.md\nlogo.png\nrun.sh\nsrc/zebra.py\n"


def test_a_copier_project_names_its_template_too(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree(
        {
            "copier.yml": "name: atlas\n",
            "a.txt.jinja": "{{ name }}\n",
            "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}",
        }
    )
    mintage("new", template, "project", "-d", "name=zebra")
    (tmp_path / "project" / "a.txt").write_text("other\n")
    (tmp_path / "project" / "sub").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "mintage", "diff"],
        cwd=tmp_path / "project" / "sub",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines()[-2:] == ["-other", "+zebra"]


def test_a_folder_that_names_no_template_is_an_error(mintage: Mintage) -> None:
    done = mintage("diff")
    assert done.returncode == 2
    assert "not a project with saved answers" in done.stderr


def test_a_cookiecutter_project_is_named_itself_and_may_have_another_name(
    mintage: Mintage, write_tree: Write, tmp_path: Path
) -> None:
    write_tree(
        {
            "cookiecutter.json": '{"slug": "made"}',
            "{{cookiecutter.slug}}/a": "{{ cookiecutter.slug }} in {{ cookiecutter._output_dir }}\n",
        }
    )
    mintage("new", "template", ".", "--defaults")
    (tmp_path / "made").rename(tmp_path / "renamed")
    assert mintage("diff", "template", "renamed").stdout == ""
    (tmp_path / "renamed" / "a").write_text("")
    assert f"+made in {tmp_path}" in mintage("diff", "template", "renamed").stdout


def test_answers_can_be_others_than_the_saved_ones(mintage: Mintage, project: Path) -> None:
    done = mintage("diff", "template", "project", "-d", "name=yak", "--name-only")
    assert "src/yak.py" in done.stdout.splitlines()


def test_skipping_what_exists_leaves_only_what_is_new(mintage: Mintage, project: Path) -> None:
    assert mintage("diff", "template", "project", "--skip-existing", "--name-only").stdout == "src/zebra.py\n"


def test_files_that_the_template_leaves_alone_do_not_change(mintage: Mintage, write_tree: Write) -> None:
    write_tree({"mintage.toml": '[files]\nskip_if_exists = ["own.txt"]\n', "own.txt": "theirs"})
    write_tree({"own.txt": "mine"}, "project")
    assert "own.txt" not in mintage("diff", "template", "project", "--name-only").stdout


def test_no_task_and_no_hook_runs_nor_needs_trust(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    config = (
        '[[tasks]]\nname = "a"\nrun = "touch {{ place }}"\nwhere = "staging"\n'
        '[[tasks]]\nname = "b"\nrun = "touch {{ place }}"\n[questions.place]\n'
    )
    write_tree({"mintage.toml": config, "a": ""})
    done = mintage("diff", "template", "project", "-d", f"place={tmp_path}/ran")
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "ran").exists()


def test_secrets_are_not_shown(mintage: Mintage, write_tree: Write) -> None:
    write_tree({"mintage.toml": "[questions.key]\ntype = 'secret'\n", "a": "key: {{ key }}\n"})
    secret = "hunter22\nsecond line of it"
    for shown in ((), ("--json",)):
        done = mintage("diff", "template", "project", "-d", f"key={secret}", *shown)
        assert "+key: ***" in done.stdout
        assert "hunter22" not in done.stdout
        assert "second line" not in done.stdout


@pytest.mark.parametrize(("flag", "code"), [((), 0), (("--exit-code",), 1), (("--exit-code", "-q"), 1)])
def test_differences_are_an_exit_code_if_it_is_asked_for(
    mintage: Mintage, project: Path, flag: tuple[str, ...], code: int
) -> None:
    done = mintage("diff", "template", "project", *flag)
    assert done.returncode == code
    assert bool(done.stdout) == ("-q" not in flag)


def test_a_template_that_cannot_be_rendered_is_an_error_and_no_difference(mintage: Mintage, write_tree: Write) -> None:
    write_tree({"mintage.toml": "", "a": "x", "b": "\n{{ nobody }}"})
    done = mintage("diff", "template", "project", "--exit-code")
    assert (done.returncode, done.stdout) == (2, "")
    assert "b:2" in done.stderr


def test_a_folder_in_the_place_of_a_file_is_an_error(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    write_tree({"mintage.toml": "", "a": "x"})
    (tmp_path / "project" / "a").mkdir(parents=True)
    assert mintage("diff", "template", "project").returncode == 2


def test_a_file_that_cannot_be_read_is_named(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    write_tree({"mintage.toml": "", "a": "x"})
    file = write_tree({"a": "private"}, "project") / "a"
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    done = mintage("diff", "template", "project")
    assert (done.returncode, "a cannot be read in the project" in done.stderr) == (2, True)


def test_nothing_is_read_through_a_link_in_the_project(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    write_tree({"mintage.toml": "", "docs/a": "x"})
    write_tree({"a": "elsewhere"}, "elsewhere")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "docs").symlink_to(tmp_path / "elsewhere")
    done = mintage("diff", "template", "project")
    assert done.returncode == 3
    assert "elsewhere" not in done.stdout


def test_a_link_that_becomes_a_file_goes_before_the_file_comes(
    mintage: Mintage, write_tree: Write, tmp_path: Path
) -> None:
    write_tree({"mintage.toml": "", "a": "x\n"})
    mintage("new", "template", "project")
    (tmp_path / "project" / "a").unlink()
    (tmp_path / "project" / "a").symlink_to("nowhere")
    patch = mintage("diff", "template", "project").stdout
    assert [line for line in patch.splitlines() if "mode" in line] == [
        "deleted file mode 120000",
        "new file mode 100644",
    ]
    subprocess.run(["git", "apply"], cwd=tmp_path / "project", input=patch, text=True, check=True, timeout=60)
    assert (tmp_path / "project" / "a").read_text() == "x\n"
    assert not (tmp_path / "project" / "a").is_symlink()


def test_links_of_copier_templates_are_links_in_the_patch(mintage: Mintage, write_tree: Write, tmp_path: Path) -> None:
    template = write_tree({"copier.yml": "_preserve_symlinks: true\n", "a": "x\n"})
    (template / "to-a").symlink_to("a")
    patch = mintage("diff", template, "project").stdout
    place = tmp_path / "applied"
    place.mkdir()
    subprocess.run(["git", "apply"], cwd=place, input=patch, text=True, check=True, timeout=60)
    assert os.readlink(place / "to-a") == "a"


@pytest.mark.parametrize("view", [(), ("--stat",), ("--name-only",)])
def test_names_do_not_steer_a_terminal_and_colours_are_for_terminals(
    write_tree: Write, tmp_path: Path, view: tuple[str, ...]
) -> None:
    write_tree({"mintage.toml": "", "evil\x1b[31m": "\x1b[2J\n"})
    for no_color in ("", "1"):
        shown = _in_terminal(["diff", "template", "project", *view], tmp_path, NO_COLOR=no_color)
        assert b"evil" in shown
        assert b"\x1b[2J" not in shown
        assert b"evil\x1b" not in shown
        assert (b"\x1b[" in shown) == (not no_color and view != ("--name-only",) and view != ("--stat",))


def _in_terminal(arguments: list[str], folder: Path, **environment: str) -> bytes:
    main, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mintage", *arguments],
        cwd=folder,
        stdout=end,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(end)
    shown = b""
    try:
        while block := os.read(main, 4096):
            shown += block
    except OSError:  # Linux says so at the end
        pass
    os.close(main)
    assert process.wait(60) == 0
    return shown


def test_stat_draws_what_git_draws(mintage: Mintage, project: Path, tmp_path: Path) -> None:
    rendered = tmp_path / "rendered"
    mintage("new", "template", rendered, "-d", "name=zebra")
    (project / "own.txt").unlink()
    (project / "src").rmdir()
    git = subprocess.run(
        ["git", "diff", "--no-index", "--no-prefix", "--stat=80", "project", "rendered"],
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ours = mintage("diff", "template", "project", "--stat").stdout.splitlines()
    theirs = git.stdout.splitlines()
    assert [line.split("|")[1] for line in ours[:-1]] == [line.split("|")[1] for line in theirs[:-1]]
    assert ours[-1] == theirs[-1]


def test_the_document_tells_of_every_change(mintage: Mintage, project: Path, require_described: Described) -> None:
    document = json.loads(mintage("diff", "template", "project", "--json").stdout)
    require_described(document)
    assert document["differs"]
    assert {each["path"]: (each["change"], each["binary"]) for each in document["changes"]} == {
        "README.md": ("modified", False),
        "logo.png": ("modified", True),
        "run.sh": ("mode", False),
        "src/zebra.py": ("added", False),
    }
    changes = {each["path"]: each for each in document["changes"]}
    assert changes["run.sh"]["old"] == {"mode": "100644", "size": 10}
    assert (changes["logo.png"]["old"]["size"], changes["logo.png"]["new"]["size"]) == (9, 8)
    assert changes["logo.png"]["patch"] is None
    assert changes["src/zebra.py"]["old"] is None
    assert (document["insertions"], document["deletions"]) == (2, 2)
    patches = "".join(each["patch"] for each in document["changes"] if each["patch"])
    assert patches == "".join(
        line
        for line in mintage("diff", "template", "project").stdout.splitlines(keepends=True)
        if not line.startswith("Binary")
    )
