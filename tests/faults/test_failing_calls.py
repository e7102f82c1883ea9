"""A failure, a kill or a torn write at every single call that touches the disk: nothing is lost, nothing half-written.

As SQLite tests itself: the Nth call of a kind goes wrong, for every N until there is no Nth call. The ordinary tests
take some N of some kinds.
"""

from __future__ import annotations

import errno
import random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.worlds import World

    MakeWorld = Callable[..., World]

FAILURES = tuple(str(number) for number in (errno.ENOSPC, errno.EIO, errno.EACCES))
LASTING = f"EVERY:{errno.EIO}"
WRITES = ("write", "copy_file_range")

each_place = pytest.mark.parametrize("exists", [False, True], ids=["new", "existing"])
each_executor = pytest.mark.parametrize("executor", ["sequential", "processes"])


def expect_none(*found: list[str]) -> None:
    """Fails the test with all problems, a line for each."""
    if lines := [line for lines in found for line in lines]:
        pytest.fail(f"{len(lines)} problems:\n" + "\n".join(lines))


def try_some(world: World, cases: list[tuple[str, str]], *, most: int, seed: int) -> list[str]:
    """Problems with faults, each a kind of call and what happens, at numbers that are spread by chance."""
    moments = random.Random(seed)
    possible = [(call, effect) for call, effect in cases if world.calls[call]]
    moments.shuffle(possible)
    problems: list[str] = []
    for call, effect in (possible * most)[:most]:
        _, found = world.try_out(call, moments.randint(1, world.calls[call]), effect)
        problems += found
    return problems


def try_all(world: World, call: str, effect: str) -> list[str]:
    """Problems with a fault at the first call of its kind, at the second, until there is no other."""
    problems: list[str] = []
    number, was_there = 0, True
    while was_there:
        number += 1
        was_there, found = world.try_out(call, number, effect)
        problems += found
    assert number >= world.calls[call] * 0.9
    return problems


@each_executor
@each_place
def test_after_a_call_that_failed_what_is_reported_is_true(make_world: MakeWorld, exists: bool, executor: str) -> None:
    world = make_world(exists=exists, executor=executor)
    cases = [(call, failure) for call, failure in zip(world.calls, FAILURES * 4, strict=False) if call != "any"]
    expect_none(try_some(world, cases, most=8, seed=1))


@each_executor
@each_place
def test_when_no_call_works_any_more_nothing_is_lost(make_world: MakeWorld, exists: bool, executor: str) -> None:
    world = make_world(exists=exists, executor=executor)
    cases = [(call, LASTING) for call in world.calls]
    expect_none(try_some(world, cases, most=3, seed=2))


@each_executor
@each_place
def test_killed_at_any_call_the_next_run_finds_nothing_half_written(
    make_world: MakeWorld, exists: bool, executor: str
) -> None:
    world = make_world(exists=exists, executor=executor)
    cases = [("any", "kill"), ("any", "kill-main"), *((call, "torn") for call in WRITES)]
    if exists:
        cases += [("rename", "kill"), ("link", "kill")]
    expect_none(try_some(world, cases, most=5, seed=3))


def test_what_is_written_in_two_parts_is_whole(make_world: MakeWorld) -> None:
    world = make_world(exists=False, executor="sequential")
    expect_none(try_some(world, [(call, "half") for call in WRITES], most=3, seed=4))


@pytest.mark.parametrize("effect", [FAILURES[0], "kill"])
def test_folders_above_a_new_project_go_with_it(make_world: MakeWorld, effect: str) -> None:
    world = make_world(exists=False, executor="sequential", nested=True)
    expect_none(try_all(world, "rename", effect))


@pytest.mark.slow
@each_executor
@each_place
@pytest.mark.parametrize("failure", FAILURES)
def test_every_call_that_fails(make_world: MakeWorld, exists: bool, executor: str, failure: str) -> None:
    world = make_world(exists=exists, executor=executor)
    expect_none(*(try_all(world, call, failure) for call in world.calls if call != "any"))


@pytest.mark.slow
@each_executor
@each_place
@pytest.mark.parametrize("call", ["any", "one kind"])
def test_every_call_from_which_on_none_works(make_world: MakeWorld, exists: bool, executor: str, call: str) -> None:
    world = make_world(exists=exists, executor=executor)
    calls = ["any"] if call == "any" else ["open to write", "write", "mkdir", "rename", "link", "unlink", "chmod"]
    expect_none(*(try_all(world, call, LASTING) for call in calls))


@pytest.mark.slow
@each_place
@pytest.mark.parametrize(
    ("executor", "effect"), [("sequential", "kill"), ("processes", "kill"), ("processes", "kill-main")]
)
def test_killed_at_every_call(make_world: MakeWorld, exists: bool, executor: str, effect: str) -> None:
    expect_none(try_all(make_world(exists=exists, executor=executor), "any", effect))


@pytest.mark.slow
@each_executor
@each_place
@pytest.mark.parametrize("effect", ["half", "torn"])
def test_half_of_every_write(make_world: MakeWorld, exists: bool, executor: str, effect: str) -> None:
    world = make_world(exists=exists, executor=executor)
    expect_none(*(try_all(world, call, effect) for call in WRITES))


@pytest.mark.slow
@pytest.mark.parametrize("effect", [*FAILURES, "kill"])
def test_every_call_of_a_new_project_in_folders_that_are_not_there(make_world: MakeWorld, effect: str) -> None:
    world = make_world(exists=False, executor="sequential", nested=True)
    calls = ["any"] if effect == "kill" else ["mkdir", "rename", "unlink"]
    expect_none(*(try_all(world, call, effect) for call in calls))
