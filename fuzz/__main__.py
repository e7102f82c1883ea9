"""`python -m fuzz`: runs the targets one after the other, each for a bounded number of inputs. See `make fuzz`.

What was found to reach new code is kept in build/fuzz/TARGET and taken up by the next run; an input that broke
something is in build/fuzz too, and can be tried again with `python -m fuzz TARGET FILE`.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
from contextlib import redirect_stderr
from pathlib import Path

from fuzz.seeds import SEEDS, WORDS  # nothing that imports mintage, which is to be instrumented first

NAMES = tuple(SEEDS)
PLACE = Path("build/fuzz")
_LIBRARIES = ["mintage", "yaml", "tomllib", "zipfile", "pathspec"]
_MOST_MEMORY_MB = 1024
_LONGEST_INPUT = 4096


def main() -> int:
    """Run all that is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__, allow_abbrev=False)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)}; all without one")
    parser.add_argument("--runs", type=int, default=20_000, help="inputs for each target (%(default)s)")
    parser.add_argument("--seconds", type=int, default=300, help="time for each target (%(default)s)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return _fuzz(options.targets[0], options.runs, options.seconds)
    if len(options.targets) == 2 and Path(options.targets[1]).is_file():
        from fuzz.targets import TARGETS

        TARGETS[options.targets[0]](Path(options.targets[1]).read_bytes())
        return 0
    if unknown := set(options.targets) - set(NAMES):
        parser.error(f"there is no target {min(unknown)}")
    how = ["--inside", "--runs", str(options.runs), "--seconds", str(options.seconds)]
    broken = [
        name
        for name in options.targets or NAMES
        if subprocess.run([sys.executable, "-m", "fuzz", name, *how], check=False).returncode
    ]
    for name in broken:
        print(f"{name}: something broke; see above, and try it again with python -m fuzz {name} {PLACE}/{name}-...")
    return 1 if broken else 0


def _fuzz(name: str, runs: int, seconds: int) -> int:
    """Feed one target, in this process, which atheris ends."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed here; `make fuzz` installs it into .venv-fuzz", file=sys.stderr)
        return 2
    with redirect_stderr(io.StringIO()), atheris.instrument_imports(include=_LIBRARIES):
        _import_everything()
        from fuzz.targets import TARGETS
    corpus, seeds = PLACE / name, PLACE / f"{name}.seeds"
    for folder in (corpus, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]()):
        (seeds / str(number)).write_bytes(seed)
    words = PLACE / f"{name}.words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in dict.fromkeys(WORDS[name].split())))
    print(f"== {name}", flush=True)
    # Properties watch the time of an input themselves.
    limits = [f"-runs={runs}", f"-max_total_time={seconds}", f"-max_len={_LONGEST_INPUT}", "-timeout=0"]
    more = [f"-rss_limit_mb={_MOST_MEMORY_MB}", f"-dict={words}", f"-artifact_prefix={PLACE}/{name}-", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *limits, *more, str(corpus), str(seeds)], TARGETS[name])
    atheris.Fuzz()
    return 0


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("latin-1", "replace"))


def _import_everything() -> None:
    """What is imported later would not be instrumented."""
    from importlib import import_module
    from pkgutil import walk_packages

    import mintage

    for module in walk_packages(mintage.__path__, "mintage."):
        if "_compat" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)


if __name__ == "__main__":
    sys.exit(main())
