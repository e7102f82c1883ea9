"""A commit into an existing project: all files or none, whatever happens, and nobody's bytes are lost."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from mintage.errors import CommitError, UnsafePathError
from mintage.files import journal as journals
from mintage.files.folders import ProjectFolder
from mintage.files.recovery import recover, undo_interrupted
from mintage.files.staging import Staging

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDERS = [ProjectFolder("d"), ProjectFolder("new"), ProjectFolder("new/deep", 0o700)]
NEW = {"top": "new top", "d/old": "new old", "d/fresh": "new fresh", "new/deep/f": "new deep"}
OLD = {"top": "old top", "d/old": "old old", "theirs": "theirs"}


class Killed(BaseException):
    """The process ends here, and nothing of it runs any more."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "d").mkdir(parents=True)
    for name, text in OLD.items():
        (project / name).write_text(text)
    return project


def contents(project: Path) -> dict[str, str]:
    return {str(path.relative_to(project)): path.read_text() for path in sorted(project.rglob("*")) if path.is_file()}


def stage(staging: Staging) -> list[str]:
    staging.make_folders(FOLDERS)
    for name, text in NEW.items():
        (staging.project / name).write_text(text)
    return staging.staged_files()


def commit(project: Path) -> None:
    with Staging(project) as staging:
        staging.commit_into_existing(FOLDERS, stage(staging))


def kill_at(monkeypatch: pytest.MonkeyPatch, project: Path, number: int) -> bool:
    """Commit, and die at the Nth call that changes something. Whether that call was reached."""
    calls = 0

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == number:
                raise Killed
            return function(*arguments, **named)

        return call

    staging = Staging(project).__enter__()
    targets = stage(staging)
    with monkeypatch.context() as patched:
        for name in ("mkdir", "rename", "link", "unlink", "chmod"):
            patched.setattr(os, name, counted(getattr(os, name)))
        # A process that is killed undoes nothing.
        patched.setattr(journals.Commit, "undo", lambda _: None)
        try:
            staging.commit_into_existing(FOLDERS, targets)
        except Killed:
            pass
    staging._top = None
    staging._remove()  # what the system does: descriptors are closed, files stay
    return calls >= number


def test_all_files_are_put_in_their_place_and_nothing_is_left(project: Path) -> None:
    commit(project)
    assert contents(project) == {**OLD, **NEW}
    assert (project / "new" / "deep").stat().st_mode & 0o777 == 0o700
    assert os.listdir(project.parent) == ["project"]


@pytest.mark.parametrize("name", ["rename", "link", "mkdir", "unlink"])
def test_when_any_call_fails_every_file_is_as_it_was(project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = getattr(os, name)
    for failing in range(1, 12):
        calls = 0

        def fail(*arguments: object, failing: int = failing, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(errno.EIO, "injected")
            return real(*arguments, **named)

        with monkeypatch.context() as patched, Staging(project) as staging:
            targets = stage(staging)
            patched.setattr(os, name, fail)
            refused = None
            try:
                staging.commit_into_existing(FOLDERS, targets)
            except CommitError as error:
                refused = error
        if refused is None:  # there was no such call, or there is another way: what cannot be linked is renamed
            assert contents(project) == {**OLD, **NEW}
            return
        assert "as it was" in refused.why
        assert contents(project) == OLD
        assert sorted(os.listdir(project)) == ["d", "theirs", "top"]
    pytest.fail("there are more calls than were tried")


@pytest.mark.parametrize("finish", [True, False])
def test_killed_at_any_call_it_can_be_finished_or_undone(
    project: Path, monkeypatch: pytest.MonkeyPatch, finish: bool
) -> None:
    number = 1
    while kill_at(monkeypatch, project, number):
        half = contents(project)
        assert all(half.get(name) in (OLD.get(name), text, None) for name, text in NEW.items())
        assert all(name in half or name in OLD for name in OLD)
        recovered = recover(project, finish=finish)
        if recovered:
            assert contents(project) == ({**OLD, **NEW} if finish else OLD)
        else:  # it died before the journal was written, or after all was done
            assert contents(project) in (OLD, {**OLD, **NEW})
        commit(project)  # removes what is left of runs without a journal
        assert os.listdir(project.parent) == ["project"]
        for name in {**NEW, **OLD}:
            (project / name).unlink(missing_ok=True)
        for name, text in OLD.items():
            (project / name).write_text(text)
        for folder in ("new/deep", "new"):
            (project / folder).rmdir()
        number += 1
    assert number > 10


def interrupt_half_way(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """At the last file: `top` waits, the others are in their places."""
    reached = 0
    real = journals.Commit._put

    def put(self: journals.Commit, number: int, each: journals.Replacement) -> bool:
        nonlocal reached
        reached += 1
        if each.target == "top":
            raise Killed
        return real(self, number, each)

    staging = Staging(project).__enter__()
    targets = stage(staging)
    with monkeypatch.context() as patched:
        patched.setattr(journals.Commit, "_put", put)
        patched.setattr(journals.Commit, "undo", lambda _: None)
        with pytest.raises(Killed):
            staging.commit_into_existing(FOLDERS, targets)
    staging._top = None
    staging._remove()


def test_what_somebody_changed_since_is_left_alone(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_half_way(monkeypatch, project)
    (project / "d" / "old").write_text("changed by the user")
    (project / "new" / "deep" / "mine").write_text("mine")
    (undone,) = undo_interrupted(project)
    assert undone.conflicts == {"d/old": "d/old.before"}
    assert contents(project) == {
        **OLD,
        "d/old": "changed by the user",
        "d/old.before": "old old",
        "new/deep/mine": "mine",
    }
    assert os.listdir(project.parent) == ["project"]


def test_finishing_does_not_replace_what_somebody_changed_since(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_half_way(monkeypatch, project)
    (project / "top").write_text("changed by the user")
    (finished,) = recover(project.parent, finish=True)
    assert finished.conflicts == {"top": "top.minted"}
    assert contents(project) == {**OLD, **NEW, "top": "changed by the user", "top.minted": "new top"}


def test_a_commit_of_a_run_that_lives_is_not_touched(project: Path) -> None:
    with Staging(project) as staging:
        stage(staging)
        assert recover(project, finish=True) == []
        with Staging(project):
            pass
        assert staging.project.is_dir()


def test_only_the_same_project_is_undone_by_itself(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_half_way(monkeypatch, project)
    assert undo_interrupted(project.parent / "other") == []
    with Staging(project.parent / "other"):  # nor does cleaning up take a journal away
        pass
    assert len(undo_interrupted(project)) == 1


def test_a_hard_link_elsewhere_keeps_the_old_contents(project: Path, tmp_path: Path) -> None:
    os.link(project / "top", tmp_path / "elsewhere")
    commit(project)
    assert (tmp_path / "elsewhere").read_text() == "old top"
    assert (project / "top").read_text() == "new top"


def test_a_link_that_is_a_file_is_replaced_and_not_followed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("outside")
    (project / "d" / "fresh").symlink_to(tmp_path / "outside")
    commit(project)
    assert (tmp_path / "outside").read_text() == "outside"
    assert (project / "d" / "fresh").read_text() == "new fresh"


def test_a_folder_that_is_a_link_is_refused_before_anything_is_replaced(project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (project / "new").symlink_to(tmp_path / "outside")
    with pytest.raises(UnsafePathError):
        commit(project)
    assert contents(project) == OLD
    assert os.listdir(tmp_path / "outside") == []


@pytest.mark.parametrize("in_the_way", ["d/fresh", "new"])
def test_what_is_in_the_way_is_found_before_anything_is_replaced(project: Path, in_the_way: str) -> None:
    if in_the_way == "new":
        (project / "new").write_text("a file")
    else:
        (project / in_the_way).mkdir()
    before = contents(project)
    with pytest.raises(CommitError, match="should be a"):
        commit(project)
    assert contents(project) == before


def test_a_project_where_only_its_own_folder_is_writable_is_staged_in_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != project.parent and access(path, mode))
    with Staging(project) as staging:
        assert staging.project.parent.parent == project
        staging.commit_into_existing(FOLDERS, stage(staging))
    assert contents(project) == {**OLD, **NEW}
