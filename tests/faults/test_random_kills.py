"""Processes that are killed at random moments: a worker costs one file, and the main process nothing of the user's."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.worlds import Victim, World

    MakeWorld = Callable[..., World]

LOOPS = 4_000

each_place = pytest.mark.parametrize("exists", [False, True], ids=["new", "existing"])


def kill_at_random(world: World, victim: Victim, *, kills: int, seed: int) -> list[str]:
    """Problems after so many runs in each of which one process, or all of them, are killed."""
    moments = random.Random(seed)
    problems: list[str] = []
    codes: set[int] = set()
    for _ in range(kills):
        code, found = world.try_kill(victim, moments.random())
        codes.add(code)
        problems += found
    assert codes - {0}, "no kill came in time"
    return problems


@each_place
@pytest.mark.parametrize("victim", ["worker", "main", "group"])
def test_killed_at_a_random_moment(make_world: MakeWorld, exists: bool, victim: Victim) -> None:
    world = make_world(exists=exists, executor="processes", loops=LOOPS)
    assert kill_at_random(world, victim, kills={"worker": 12, "main": 8, "group": 5}[victim], seed=exists) == []


@pytest.mark.slow
@each_place
@pytest.mark.parametrize("seed", range(2))
def test_a_thousand_kills_of_a_worker(make_world: MakeWorld, exists: bool, seed: int) -> None:
    world = make_world(exists=exists, executor="processes", loops=LOOPS)
    assert kill_at_random(world, "worker", kills=250, seed=100 + seed) == []


@pytest.mark.slow
@each_place
@pytest.mark.parametrize("executor", ["sequential", "processes"])
def test_two_hundred_kills_of_the_main_process(make_world: MakeWorld, exists: bool, executor: str) -> None:
    world = make_world(exists=exists, executor=executor, loops=LOOPS)
    assert kill_at_random(world, "main", kills=50, seed=200) == []


@pytest.mark.slow
@each_place
def test_a_hundred_kills_of_all_processes_at_once(make_world: MakeWorld, exists: bool) -> None:
    world = make_world(exists=exists, executor="processes", loops=LOOPS)
    assert kill_at_random(world, "group", kills=50, seed=300) == []
