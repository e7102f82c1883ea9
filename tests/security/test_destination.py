"""What lies in a project already is never a way out of it: links, hard links, FIFOs, planted journals."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Fill = Callable[..., Path]
    Fed = Callable[[Path, bytes], AbstractContextManager[None]]
    Run = Callable[..., CompletedProcess[str]]
    Made = Callable[[], dict[str, str]]

FORMATS = ("native", "cookiecutter", "copier", "bare")
FLAGS = ("--overwrite", "--skip-existing")


@pytest.mark.parametrize("kind", FORMATS)
class TestInAProjectThatIsThere:
    """Nothing is written or read through what somebody has put there."""

    @pytest.mark.parametrize("target", ["outside/secret", "outside/new"])
    def test_a_linked_file_is_replaced_or_left_alone(
        self, hostile: Hostile, mint: Run, outside: Path, fill: Fill, tmp_path: Path, kind: str, target: str
    ) -> None:
        template = hostile(kind, {"f": "new", "g": "text"})
        for flag, expected in zip(FLAGS, (False, True), strict=True):
            fill(tmp_path / "out", {"f": f"-> {tmp_path / target}"})
            assert mint(template, flag).returncode == 0
            assert (tmp_path / "out" / "f").is_symlink() == expected
            assert (outside / "secret").read_text() == "SECRET"
            assert not (outside / "new").exists()
            (tmp_path / "out" / "f").unlink()

    @pytest.mark.parametrize("flag", FLAGS)
    @pytest.mark.parametrize("folder", ["d", "a/d", "a/b/c/d"])
    def test_a_linked_folder_at_any_depth_is_refused(
        self, hostile: Hostile, mint: Run, outside: Path, fill: Fill, tmp_path: Path, kind: str, flag: str, folder: str
    ) -> None:
        fill(tmp_path / "out", {folder: f"-> {outside}", "g": "mine"})
        done = mint(hostile(kind, {f"{folder}/evil": "new", "g": "theirs", "new": ""}), flag)
        assert done.returncode == 3, done.stderr
        assert (tmp_path / "out" / "g").read_text() == "mine"
        assert not (tmp_path / "out" / "new").exists()

    def test_a_hard_link_is_replaced_and_the_other_file_stays(
        self, hostile: Hostile, mint: Run, outside: Path, tmp_path: Path, kind: str
    ) -> None:
        (tmp_path / "out").mkdir()
        os.link(outside / "secret", tmp_path / "out" / "f")
        assert mint(hostile(kind, {"f": "new"}), "--overwrite").returncode == 0
        assert (tmp_path / "out" / "f").read_text() == "new"
        assert (outside / "secret").read_text() == "SECRET"

    @pytest.mark.parametrize("flag", FLAGS)
    def test_a_fifo_is_replaced_or_left_alone(
        self, hostile: Hostile, mint: Run, fill: Fill, tmp_path: Path, kind: str, flag: str
    ) -> None:
        fill(tmp_path / "out", {"f": "(a FIFO)"})
        assert mint(hostile(kind, {"f": "new", "g": ""}), flag).returncode == 0
        assert (tmp_path / "out" / "f").is_fifo() == (flag == "--skip-existing")

    @pytest.mark.parametrize("flag", FLAGS)
    def test_a_fifo_in_place_of_a_folder_is_refused(
        self, hostile: Hostile, mint: Run, fill: Fill, tmp_path: Path, kind: str, flag: str
    ) -> None:
        fill(tmp_path / "out", {"d": "(a FIFO)", "g": "mine"})
        assert mint(hostile(kind, {"d/f": "new", "g": "theirs"}), flag).returncode == 3
        assert (tmp_path / "out" / "g").read_text() == "mine"

    def test_a_file_is_not_replaced_without_a_flag(
        self, hostile: Hostile, mint: Run, fill: Fill, made: Made, tmp_path: Path, kind: str
    ) -> None:
        fill(tmp_path / "out", {"f": "mine"})
        assert mint(hostile(kind, {"f": "theirs", "g": ""})).returncode == 2
        assert made() == {"f": "mine"}


class TestAnOutputThatIsRead:
    """Is read in the project alone, by templates that may read outputs."""

    @pytest.mark.parametrize(
        "call", ["output('s')", "sha256('s')", "outputs('s')[0].text", "outputs('*')|map('string')"]
    )
    def test_not_through_a_linked_file(
        self, hostile: Hostile, mint: Run, outside: Path, fill: Fill, made: Made, tmp_path: Path, call: str
    ) -> None:
        fill(tmp_path / "out", {"s": f"-> {outside}/secret"})
        mint(hostile("native", {"f": "{{ " + call + " }}", "s": "", "g": "text"}), "--skip-existing", "--keep-going")
        assert "SECRET" not in made().get("f", "")
        assert made()["g"] == "text"

    def test_not_through_a_linked_folder(
        self, hostile: Hostile, mint: Run, outside: Path, fill: Fill, made: Made, tmp_path: Path
    ) -> None:
        fill(tmp_path / "out", {"d": f"-> {outside}"})
        mint(hostile("native", {"f": "{{ output('d/secret') }}", "d/secret": ""}), "--skip-existing")
        assert "f" not in made()

    @pytest.mark.parametrize("path", ["../outside/secret", "/etc/passwd", "a/../../outside/secret", ".mintage.toml/.."])
    def test_not_by_a_path_that_leads_out(
        self, hostile: Hostile, mint: Run, outside: Path, made: Made, path: str
    ) -> None:
        assert mint(hostile("native", {"f": "{{ output('" + path + "') }}"})).returncode == 2
        assert mint(hostile("native", {"f": "{% set p = '" + path + "' %}{{ output(p) }}", "g": ""})).returncode == 1
        assert "SECRET" not in str(made())
        assert outside.is_dir()

    def test_not_from_a_fifo(
        self, hostile: Hostile, mint: Run, fill: Fill, fed: Fed, made: Made, tmp_path: Path
    ) -> None:
        fill(tmp_path / "out", {"s": "(a FIFO)"})
        template = hostile("native", {"f": "{{ output('s') }}", "s": "", "g": "text"})
        with fed(tmp_path / "out" / "s", b"SECRET"):
            assert mint(template, "--skip-existing", "--keep-going").returncode == 1
        assert made() == {"g": "text"}


class TestAnswersOfAnEarlierRun:
    """Are those of this project: no file elsewhere stands in for them, and nothing is waited for."""

    @pytest.mark.parametrize(
        ("kind", "file", "text"),
        [
            ("native", ".mintage.toml", "[answers]\ntoken = 'SECRET'\n"),
            ("copier", ".copier-answers.yml", "token: SECRET\n"),
        ],
    )
    def test_are_not_read_through_a_link_that_leads_out(
        self, hostile: Hostile, mint: Run, outside: Path, fill: Fill, made: Made, kind: str, file: str, text: str
    ) -> None:
        (outside / file).write_text(text)
        fill(outside.parent / "out", {file: f"-> {outside / file}"})
        mint(hostile(kind, {"f": "{{ token }}"}, {"token": "mine"}), "--overwrite")
        assert "SECRET" not in made().get("f", "")

    @pytest.mark.parametrize(
        ("kind", "file", "text"),
        [
            ("native", ".mintage.toml", "[answers]\ntoken = 'SECRET'\n"),
            ("copier", ".copier-answers.yml", "token: SECRET\n"),
        ],
    )
    def test_are_not_read_from_a_fifo(
        self,
        hostile: Hostile,
        mint: Run,
        fill: Fill,
        fed: Fed,
        made: Made,
        tmp_path: Path,
        kind: str,
        file: str,
        text: str,
    ) -> None:
        fill(tmp_path / "out", {file: "(a FIFO)"})
        template = hostile(kind, {"f": "{{ token }}"}, {"token": "mine"})
        with fed(tmp_path / "out" / file, text.encode()):
            mint(template, "--overwrite")
        assert "SECRET" not in made().get("f", "")

    @pytest.mark.parametrize("named", ["../outside/data.yml", "link.yml", "folder/data.yml"])
    def test_nor_is_data_that_a_copier_template_asks_for(
        self, hostile: Hostile, mint: Run, outside: Path, fill: Fill, made: Made, named: str
    ) -> None:
        (outside / "data.yml").write_text("token: SECRET\n")
        fill(outside.parent / "out", {"link.yml": f"-> {outside}/data.yml", "folder": f"-> {outside}"})
        template = hostile("copier", {"f": "{{ _external_data.d.token }}"}, config=f"_external_data: {{d: {named}}}\n")
        assert mint(template).returncode in (1, 3)
        assert "f" not in made()

    def test_nor_such_data_from_a_fifo(
        self, hostile: Hostile, mint: Run, fill: Fill, fed: Fed, made: Made, tmp_path: Path
    ) -> None:
        fill(tmp_path / "out", {"data.yml": "(a FIFO)"})
        template = hostile("copier", {"f": "{{ _external_data.d.token }}"}, config="_external_data: {d: data.yml}\n")
        with fed(tmp_path / "out" / "data.yml", b"token: SECRET\n"):
            mint(template)
        assert "SECRET" not in made().get("f", "")


class TestTheWayToTheProject:
    """Of a Cookiecutter template, the template chooses the project's directory: a link does not take it elsewhere."""

    def test_a_new_project_is_not_made_through_a_link(self, hostile: Hostile, mint: Run, outside: Path) -> None:
        (outside.parent / "link").symlink_to(outside)
        assert mint(hostile("cookiecutter", {"f": "evil"}, {"name": "link/new"})).returncode == 3

    @pytest.mark.parametrize("flag", FLAGS)
    def test_a_link_in_the_projects_place_is_not_written_into(
        self, hostile: Hostile, mint: Run, outside: Path, flag: str
    ) -> None:
        (outside.parent / "link").symlink_to(outside)
        assert mint(hostile("cookiecutter", {"f": "evil"}, {"name": "link"}), flag).returncode == 3


class TestAJournalThatATemplateBrought:
    """Is none: only a run of Mintage says what it has replaced."""

    NAME = ".mintage-0123456789ab"

    def journal(self, project: Path, target: str) -> dict[str, str | bytes]:
        state = {"device": 1, "inode": 1, "size": 1, "mtime_ns": 1}
        document = {
            "destination": str(project),
            "staged": f"../../{project.name}",
            "replacements": [{"target": target, "new": state, "old": None}],
            "made": [],
            "version": 1,
        }
        return {f"{self.NAME}/journal.json": json.dumps(document), f"{self.NAME}/old/0": "evil", "f": "text"}

    @pytest.mark.parametrize("kind", FORMATS)
    def test_cannot_be_made(self, hostile: Hostile, mint: Run, tmp_path: Path, kind: str) -> None:
        template = hostile(kind, self.journal(tmp_path / "out", "f"))
        assert mint(template).returncode in (2, 3)
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("command", ["new", "recover"])
    def test_creates_nothing_outside(
        self,
        hostile: Hostile,
        mint: Run,
        outside: Path,
        fill: Fill,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        command: str,
    ) -> None:
        from mintage.cli import run

        fill(tmp_path / "out", self.journal(tmp_path / "out", "../outside/evil"))
        template = hostile("copier", {"g": "new"})
        if command == "recover":
            run(["recover", str(tmp_path / "out")])
        else:
            mint(template)
        assert capsys.readouterr() is not None
        assert sorted(path.name for path in outside.iterdir()) == ["secret"]

    def test_is_not_about_another_folder(
        self, fill: Fill, outside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from mintage.cli import run

        journal = self.journal(tmp_path / "out" / ".." / "outside", "evil")
        fill(
            tmp_path / "out",
            {name: text.replace("../../outside", "old") for name, text in journal.items() if isinstance(text, str)},
        )
        run(["recover", str(tmp_path / "out")])
        assert capsys.readouterr() is not None
        assert sorted(path.name for path in outside.iterdir()) == ["secret"]
