"""Where the command `mintage` begins. Answers `--version` before anything else is imported."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from mintage._version import __version__

        print(f"mintage {__version__}")
        return 0
    if "_ARGCOMPLETE" in os.environ and "COMP_POINT" in os.environ:  # a shell asks what could be typed next
        from mintage.cli.completing import complete

        complete()
    if not sys.warnoptions:
        # Python warns of what is odd in a template's expressions and patterns, with names as the template has them.
        import warnings

        warnings.simplefilter("ignore")
        sys.warnoptions.append("ignore")  # for fresh workers
    try:
        from mintage.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before signals were taken over, or while a person was asked
        print("interrupted", file=sys.stderr)
        return 130
    if sys.getprofile() is None and sys.gettrace() is None:
        os._exit(code)  # all is written: taking every object apart would take longer than a small project
    return code


if __name__ == "__main__":
    sys.exit(main())
