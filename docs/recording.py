"""Joins pictures into one that moves. Knows nothing about terminals.

Browsers and GitHub play it without a script. Programs that don't play animations show the last picture, and so do
browsers whose users prefer reduced motion.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_USUAL_SECONDS = 1.5


class Recording:
    """Takes pictures, one after the other, and joins them."""

    def __init__(self, draw: Callable[[str], str]) -> None:
        """Start without pictures.

        Args:
            draw: Returns an SVG of what can be seen now. Its argument is a unique name for the picture.
        """
        self._draw = draw
        self._frames: list[tuple[str, float]] = []

    def take(self, seconds: float = _USUAL_SECONDS) -> None:
        """Take a picture.

        Args:
            seconds: How long to show it.
        """
        self._frames.append((self._draw(f"frame{len(self._frames)}"), seconds))

    def svg(self) -> str:
        """Return an SVG that shows all pictures one after the other, and then starts again."""
        total = sum(seconds for _, seconds in self._frames)
        size = _SIZE.search(self._frames[0][0])
        assert size is not None
        shown, styles, began = [], [], 0.0
        for number, (frame, seconds) in enumerate(self._frames):
            begin, end = 100 * began / total, 100 * (began + seconds) / total
            # Without animation, only the last picture is visible: what the recording leads to.
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
