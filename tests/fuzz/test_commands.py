"""Whatever is typed after `mintage`: an exit code and words for people, never a traceback or what steers a terminal."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout

from hypothesis import given
from hypothesis import strategies as st

from fuzz.examples import examples
from fuzz.properties import require_printable
from fuzz.worlds import SECONDS, within, world
from mintage.cli import run

CODES = {0, 1, 2, 3, 124, 130}
_WORDS = """
-d a=\x1b[31m --data-file x.yml --as svg json table --json -q -v --defaults --ref \u202e --directory .. --format
copier native --executor sequential --workers 0 -1 1e9 --overwrite --skip-existing --dry-run -- nobody gh: \udcff
--replay --exclude ! --answers-file ../x --timeout nan --max-memory --replay-file --config-file /
"""
WORD = st.sampled_from(["", *_WORDS.split()])
FILES = st.sampled_from(
    [
        {"mintage.toml": "[questions.a]\ndefault='x'\n", "\x1b]0;x\x07": "{{ a }}"},
        {"cookiecutter.json": '{"a": "\\u001b[2J"}', "{{cookiecutter.a}}/x": "{{ nobody }}"},
        {"copier.yml": 'a: 1\n_message_before_copy: "\\e[31m"\n', "\u202e.jinja": "{{ a"},
        {"a.txt": "{{ a }}"},
    ]
)


@examples(60)
@given(
    command=st.sampled_from(["new", "plan", "list", "add", "remove", "recover", "completion", ""]),
    words=st.lists(WORD, max_size=4),
    files=FILES,
)
def test_any_command_ends_with_a_code(command: str, words: list[str], files: dict[str, bytes | str]) -> None:
    out, err = io.StringIO(), io.StringIO()
    before = os.getcwd()
    with world() as place, within(SECONDS), redirect_stdout(out), redirect_stderr(err):
        place.write(files)
        os.chdir(place.top / "outside")
        try:
            named = [str(place.template), str(place.output)] if command in ("new", "plan") else []
            code = run([command, *named, *words])
        finally:
            os.chdir(before)
    assert code in CODES
    assert "does not know" not in err.getvalue(), err.getvalue()
    require_printable(out.getvalue() + err.getvalue())
