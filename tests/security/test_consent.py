"""No code of a template's author runs before the user has agreed, in whatever place it is hidden."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Fill = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]

EXTENSION = (
    "from pathlib import Path\nfrom jinja2.ext import Extension\nPath('{}').touch()\nclass Evil(Extension): pass\n"
)
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """What exists as soon as code of the template has run."""
    return tmp_path / "out-of-control"


@pytest.mark.parametrize("command", ["new", "plan"])
@pytest.mark.parametrize("suffix", ["", ".sh", ".py"])
@pytest.mark.parametrize("hook", ["pre_prompt", "pre_gen_project", "post_gen_project"])
def test_hooks_wait_for_consent(
    hostile: Hostile, mint: Run, evidence: Path, tmp_path: Path, hook: str, suffix: str, command: str
) -> None:
    text = f"open({str(evidence)!r}, 'w')\n" if suffix == ".py" else f"#!/bin/sh\ntouch {evidence}\n"
    template = hostile("cookiecutter", {"f": ""}, beside={f"hooks/{hook}{suffix}": text})
    (template / "hooks" / f"{hook}{suffix}").chmod(0o755)
    done = mint(template, command=command)
    if command == "new" or hook == "pre_prompt":
        assert done.returncode == 3
        assert hook in done.stderr
    assert not evidence.exists()
    assert not (tmp_path / "out").exists()
    assert mint(template, "--skip-tasks", command=command).returncode == 0
    assert not evidence.exists()


@pytest.mark.parametrize("command", ["new", "plan"])
def test_hooks_of_a_nested_template_wait_for_it_too(
    hostile: Hostile, mint: Run, evidence: Path, fill: Fill, command: str
) -> None:
    template = hostile("cookiecutter", {}, config='{"templates": {"a": {"path": "a"}}}')
    script = f"#!/bin/sh\ntouch {evidence}\n"
    fill(template / "a", {"cookiecutter.json": "{}", "hooks/pre_prompt.sh": script, "{{cookiecutter}}/f": ""})
    assert mint(template, command=command).returncode == 3
    assert not evidence.exists()


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("native", "[[tasks]]\nname = 't'\nrun = 'touch {}'\n"),
        ("native", "[[tasks]]\nname = 't'\nrun = ['touch', '{}']\nwhere = 'staging'\n"),
        ("copier", "_tasks: ['touch {}']\n"),
        ("copier", "_tasks: [[touch, '{}']]\n"),
        ("copier", "_tasks: [{{command: 'touch {}', when: 'true'}}]\n"),
    ],
)
def test_tasks_wait_for_consent(
    hostile: Hostile, mint: Run, evidence: Path, tmp_path: Path, kind: str, config: str
) -> None:
    template = hostile(kind, {"f": ""}, config=config.format(evidence))
    done = mint(template)
    assert done.returncode == 3
    assert "touch" in done.stderr
    assert mint(template, command="plan").returncode == 0
    assert not (tmp_path / "out").exists()
    assert mint(template, "--skip-tasks").returncode == 0
    assert not evidence.exists()


def test_migrations_do_not_run_for_a_new_project(hostile: Hostile, mint: Run, evidence: Path) -> None:
    config = f"_migrations: [{{command: 'touch {evidence}'}}, {{version: v1, before: ['touch {evidence}']}}]\n"
    mint(hostile("copier", {"f": ""}, config=config))
    assert not evidence.exists()


@pytest.mark.parametrize("command", ["new", "plan"])
@pytest.mark.parametrize("more", [(), ("--skip-tasks",)])
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("native", "[render]\nextensions = ['evil.Evil']\n"),
        ("native", "[render]\nextensions = ['jinja2.ext.do', 'evil.Evil']\n"),
        ("copier", "_jinja_extensions: [evil.Evil]\n"),
        ("copier", "_jinja_extensions: ['copier_templates_extensions.TemplateExtensionLoader', 'evil.py:Evil']\n"),
        ("cookiecutter", '{"_extensions": ["evil.Evil"]}'),
        ("cookiecutter", '{"_extensions": ["jinja2.ext.do", "evil.Evil"]}'),
    ],
)
def test_extensions_of_the_template_wait_for_consent(
    hostile: Hostile, mint: Run, evidence: Path, kind: str, config: str, more: tuple[str, ...], command: str
) -> None:
    files = {"f": "{{ 1 | abs }}"}
    template = hostile(kind, files, beside={"evil.py": EXTENSION.format(evidence)}, config=config)
    assert mint(template, *more, command=command).returncode == 3
    assert not evidence.exists()


@pytest.mark.parametrize("command", ["new", "plan"])
def test_an_extension_that_bears_the_name_of_a_harmless_one_does_not_run(
    hostile: Hostile, mint: Run, evidence: Path, command: str
) -> None:
    beside = {"cookiecutter/__init__.py": "", "cookiecutter/extensions.py": EXTENSION.format(evidence)}
    config = '{"_extensions": ["cookiecutter.extensions.Evil"]}'
    template = hostile("cookiecutter", {"f": "{{ 1 | abs }}", "{{ 1 | abs }}": ""}, beside=beside, config=config)
    mint(template, command=command, may_change=(evidence.name,))
    assert not evidence.exists()


@pytest.mark.parametrize(
    "name", ["slugify", "arrow", "text_unidecode", "unidecode", "yaml", "binaryornot", "jinja2_time"]
)
def test_modules_of_a_template_stand_in_for_none_that_is_needed(
    hostile: Hostile, mint: Run, evidence: Path, name: str
) -> None:
    text = "{{ 'Ä b' | slugify }}{% now 'utc', '%c' %}{{ 1 | abs }}"
    beside = {f"{name}.py": EXTENSION.format(evidence)}
    template = hostile("cookiecutter", {"f": text}, beside=beside, config='{"_extensions": ["jinja2.ext.do"]}')
    assert mint(template).returncode == 0
    assert not evidence.exists()


class TestARepositoryOnThisMachine:
    """May have a configuration of its author's, from an archive or a shared disk: git runs nothing that it names."""

    @pytest.fixture
    def repository(self, hostile: Hostile) -> Path:
        """A Copier template in a repository, with a change that is not committed."""
        template = hostile("copier", {"f": "text", ".gitattributes": "* filter=evil\n"})
        subprocess.run(["git", "init", "-q", template], check=True)
        subprocess.run(["git", "-C", template, "add", "-A"], check=True)
        subprocess.run(["git", "-C", template, *IDENTITY, "commit", "-q", "-m", "x"], check=True)
        (template / "f").write_text("other text")
        return template

    @pytest.mark.parametrize(
        "setting",
        [
            "core.fsmonitor",
            "core.sshCommand",
            "core.alternateRefsCommand",
            "uploadpack.packObjectsHook",
            "filter.evil.smudge",
            "diff.external",
            "credential.helper",
            "filter.evil.clean",
            "filter.evil.process",
        ],
    )
    @pytest.mark.parametrize("command", ["new", "plan"])
    def test_no_program_of_its_configuration_runs(
        self, mint: Run, repository: Path, evidence: Path, setting: str, command: str
    ) -> None:
        subprocess.run(["git", "-C", repository, "config", setting, f"touch {evidence}; cat"], check=True)
        assert mint(repository, command=command).returncode == 0
        assert not evidence.exists()

    def test_nor_does_one_of_a_file_that_it_includes(
        self, mint: Run, repository: Path, evidence: Path, tmp_path: Path
    ) -> None:
        (repository / ".git" / "more").write_text(f'[filter "evil"]\n\tclean = touch {evidence}\n')
        subprocess.run(["git", "-C", repository, "config", "include.path", "more"], check=True)
        assert mint(repository).returncode == 0
        assert not evidence.exists()

    @pytest.mark.parametrize("is_tracked", [True, False])
    def test_nor_does_one_of_a_repository_in_it(
        self, mint: Run, repository: Path, evidence: Path, fill: Fill, is_tracked: bool
    ) -> None:
        inner = fill(repository / "inner", {"f": "text", ".gitattributes": "* filter=evil\n"})
        subprocess.run(["git", "init", "-q", inner], check=True)
        subprocess.run(["git", "-C", inner, "add", "-A"], check=True)
        subprocess.run(["git", "-C", inner, *IDENTITY, "commit", "-q", "-m", "x"], check=True)
        if is_tracked:
            subprocess.run(["git", "-C", repository, "add", "inner"], check=True, capture_output=True)
            subprocess.run(["git", "-C", repository, *IDENTITY, "commit", "-q", "-m", "y"], check=True)
        subprocess.run(["git", "-C", inner, "config", "filter.evil.clean", f"touch {evidence}; cat"], check=True)
        os.utime(inner / "f", (0, 0))
        (repository / "f").write_text("yet another text")
        assert mint(repository).returncode == 0
        assert not evidence.exists()

    def test_nor_does_one_that_brings_missing_objects(self, mint: Run, repository: Path, evidence: Path) -> None:
        tag = subprocess.check_output(["git", "-C", repository, "rev-parse", "HEAD:f"], text=True).strip()
        (repository / ".git" / "objects" / tag[:2] / tag[2:]).unlink()
        for name, value in (
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.promisor", "true"),
            ("remote.origin.url", str(repository)),
            ("remote.origin.uploadpack", f"touch {evidence}; false"),
        ):
            subprocess.run(["git", "-C", repository, "config", name, value], check=True)
        assert mint(repository).returncode == 2
        assert not evidence.exists()

    def test_one_that_git_cannot_read_is_an_error(self, mint: Run, repository: Path) -> None:
        (repository / ".git" / "config").write_text("[core\n")
        done = mint(repository)
        assert done.returncode == 2
        assert "config" in done.stderr

    def test_no_program_that_verifies_signatures_runs(
        self, mint: Run, repository: Path, evidence: Path, tmp_path: Path
    ) -> None:
        program = tmp_path / "verify"
        program.write_text(f"#!/bin/sh\ntouch {evidence}\n")
        program.chmod(0o755)
        head = subprocess.check_output(["git", "-C", repository, "cat-file", "commit", "HEAD"], text=True)
        signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
        signed = head.replace("\n\n", f"\n{signature}\n", 1)
        store = ["git", "-C", str(repository), "hash-object", "-t", "commit", "-w", "--stdin"]
        commit = subprocess.check_output(store, input=signed, text=True).strip()
        subprocess.run(["git", "-C", repository, "update-ref", "HEAD", commit], check=True)
        for name, value in (("log.showSignature", "true"), ("gpg.program", str(program))):
            subprocess.run(["git", "-C", repository, "config", name, value], check=True)
        assert mint(repository, may_change=(evidence.name,)).returncode == 0
        assert not evidence.exists()

    def test_no_hook_of_it_runs(self, mint: Run, repository: Path, evidence: Path) -> None:
        for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit", "post-commit"):
            script = repository / ".git" / "hooks" / hook
            script.write_text(f"#!/bin/sh\ntouch {evidence}\n")
            script.chmod(0o755)
        assert mint(repository).returncode == 0
        assert not evidence.exists()
