"""A Python in which the programs of one page are run one after the other: each sees the names of those before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class PythonSession:
    """The process, from outside. To be closed."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(environment),
        )

    def run(self, program: str, folder: Path) -> tuple[bool, str]:
        """Run it in the directory. Returns whether it came to its end, and what it printed (else its traceback too)."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([program, str(folder)]) + "\n")
        self._process.stdin.flush()
        ended, printed = json.loads(self._process.stdout.readline())
        return ended, printed

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=10)


def _serve() -> None:
    import io
    import traceback
    from contextlib import redirect_stderr, redirect_stdout

    names: dict[str, object] = {"__name__": "__main__"}
    for line in sys.stdin:
        program, folder = json.loads(line)
        os.chdir(folder)
        printed = io.StringIO()
        ended = True
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                exec(compile(program, "the page", "exec"), names)
            except BaseException:
                ended = False
                traceback.print_exc()
        print(json.dumps([ended, printed.getvalue()]), flush=True)


if __name__ == "__main__":
    _serve()
