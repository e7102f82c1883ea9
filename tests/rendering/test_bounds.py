"""Time limits of blocks, one in another: whichever is over first ends it, and is the one that is told."""

from __future__ import annotations

import pytest

from mintage.errors import RenderError
from mintage.rendering.bounds import within_seconds


def _hang() -> None:
    while True:
        pass


@pytest.mark.parametrize(("outer", "inner", "reported"), [(0.1, 60, "outer"), (60, 0.1, "inner")])
def test_the_shorter_limit_ends_the_block(outer: float, inner: float, reported: str) -> None:
    with (
        pytest.raises(RenderError, match=rf"^the {reported} block took longer than 0\.1 seconds to render$"),
        within_seconds(outer, "the outer block"),
        within_seconds(inner, "the inner block"),
    ):
        _hang()


def test_the_outer_limit_holds_on_after_an_inner_block_has_ended() -> None:
    def go_on() -> None:
        while True:
            with within_seconds(60, "the inner block"):
                sum(range(1000))

    with pytest.raises(RenderError, match="the outer block"), within_seconds(0.1, "the outer block"):
        go_on()
