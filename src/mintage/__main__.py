"""The entry point of the command `mintage`. Prints the version before anything else is imported."""

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
        # Python warns about oddities in a template's expressions and patterns, which are not the user's.
        import warnings

        warnings.simplefilter("ignore")
        sys.warnoptions.append("ignore")  # for workers in fresh interpreters
    try:
        from mintage.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before signals were taken over, or during a question
        print("interrupted", file=sys.stderr)
        return 130
    if sys.getprofile() is None and sys.gettrace() is None:
        os._exit(code)  # everything is written, and freeing every object would take longer than a small project
    return code


if __name__ == "__main__":
    sys.exit(main())
