"""Pictures that follow each other, as one that moves. Knows nothing of terminals.

Browsers and GitHub play it without a script. A program that shows no animations, and a reader who wants none, see the
last picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_USUAL_SECONDS = 1.5


class Recording:
    """Takes pictures. draw: makes an SVG of what can be seen now; its argument is a name for it, of its own."""

    def __init__(self, draw: Callable[[str], str]) -> None:
        self._draw = draw
        self._frames: list[tuple[str, float]] = []

    def take(self, seconds: float = _USUAL_SECONDS) -> None:
        """Take a picture, to be shown for so long."""
        self._frames.append((self._draw(f"frame{len(self._frames)}"), seconds))

    def svg(self) -> str:
        """All pictures, one after the other, and again from the beginning."""
        total = sum(seconds for _, seconds in self._frames)
        size = _SIZE.search(self._frames[0][0])
        assert size is not None
        shown, styles, began = [], [], 0.0
        for number, (frame, seconds) in enumerate(self._frames):
            begin, end = 100 * began / total, 100 * (began + seconds) / total
            # Where nothing moves, the last picture is shown: all that the recording leads to.
            is_last = number == len(self._frames) - 1
            styles.append(
                f"@keyframes shown{number} {{ 0% {{ opacity: {int(number == 0)} }} {begin:.2f}% {{ opacity: 1 }} "
                f"{end:.2f}% {{ opacity: 0 }} 100% {{ opacity: 0 }} }}\n"
                f".shown{number} {{ opacity: {int(is_last)}; animation: shown{number} {total:g}s step-end infinite }}"
            )
            shown.append(f'<g class="shown{number}">{frame}</g>')
            began += seconds
        styles.append("@media (prefers-reduced-motion: reduce) { g { animation: none !important } }")
        style = "\n".join(styles)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[1]} {size[2]}">\n'
            f"<style>\n{style}\n</style>\n" + "\n".join(shown) + "\n</svg>\n"
        )
