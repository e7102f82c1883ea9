"""What failed when a project was last generated, so that a retry makes only that. Stores names, but no answers."""

from __future__ import annotations

import json
from binascii import crc32
from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.errors import UsageError
from mintage.files.atomic import replace_text
from mintage.user.folders import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

    from mintage.report import Report

_FOLDER = "failures"


def store_failures(report: Report) -> None:
    """Store what is missing in the project; if nothing is, remove what was stored before. Ignores OSError."""
    file = _file_of(report.destination)
    missing = [result.job.name for result in (*report.failures, *report.skipped)]
    with suppress(OSError):
        if missing and not report.delivered and report.plan.exists:
            return  # the project is as it was, and so is what was missing in it
        if not missing or not report.destination.exists():
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_text(file, json.dumps({"destination": str(report.destination), "missing": missing}))


def load_failures(destination: Path) -> frozenset[str]:
    """Return the names of the files and tasks that failed, or were skipped because others failed.

    Args:
        destination: The directory of the project.

    Raises:
        UsageError: No failures are stored for this project.
    """
    try:
        document = json.loads(_file_of(destination).read_text("ascii"))
        if document["destination"] == str(destination):
            return frozenset(map(str, document["missing"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise UsageError(
        f"there are no known failures in {destination}",
        hint="run again with `Options(retry=False)`; `Options(skip_existing=True)` adds what is missing",
    )


def _file_of(destination: Path) -> Path:
    """Return the file for a project's failures. The name has a `crc32`: importing `hashlib` takes milliseconds."""
    name = str(destination).encode("utf-8", "surrogateescape")
    return cache_folder() / _FOLDER / f"{crc32(name):08x}-{len(name)}.json"
