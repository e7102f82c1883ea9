"""A recording: pictures that are joined into one that moves."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from docs.recording import Recording

SVG = "http://www.w3.org/2000/svg"


def test_every_picture_is_shown_in_its_turn_and_the_first_again_at_the_end() -> None:
    recording = Recording(lambda name: f'<svg xmlns="{SVG}" viewBox="0 0 80 24"><text>{name}</text></svg>')
    recording.take(1)
    recording.take(3)
    recording.take()
    drawn = ET.fromstring(recording.svg())
    assert drawn.get("viewBox") == "0 0 80 24"
    assert [text.text for text in drawn.iter(f"{{{SVG}}}text")] == ["frame0", "frame1", "frame2"]
    style = drawn.findtext(f"{{{SVG}}}style") or ""
    turns = re.findall(r"([\d.]+)% { opacity: 1 } ([\d.]+)% { opacity: 0 }", style)
    assert turns == [("0.00", "18.18"), ("18.18", "72.73"), ("72.73", "100.00")]
    assert set(re.findall(r"animation: shown\d (\S+) ", style)) == {"5.5s"}


def test_without_animation_the_last_picture_is_shown() -> None:
    recording = Recording(lambda name: f'<svg xmlns="{SVG}" viewBox="0 0 80 24"><text>{name}</text></svg>')
    recording.take()
    recording.take()
    style = ET.fromstring(recording.svg()).findtext(f"{{{SVG}}}style") or ""
    assert re.findall(r"^\.shown(\d) { opacity: (\d);", style, re.MULTILINE) == [("0", "0"), ("1", "1")]
    assert "@media (prefers-reduced-motion: reduce)" in style
