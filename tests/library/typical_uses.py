"""What users of the library write; mypy checks it with all other files, and nothing runs it."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import mintage
from mintage import GenerationFailed, JobFailedError, JobResult, MintageError, NotebookReporter, Options, Progress


class Names(mintage.SilentReporter):
    names: list[str]

    def job_finished(self, result: JobResult) -> None:
        self.names.append(result.job.name)


def minted(folder: Path) -> mintage.Report:
    report = mintage.generate("template", folder, data={"name": "x"}, options=Options(overwrite=True), reporter=Names())
    assert_type(report.files_written, int)
    assert_type(report.destination, Path)
    assert_type(report.files, tuple[JobResult, ...])
    return report


def planned() -> list[str]:
    plan = mintage.plan(Path("template"), "out")
    assert_type(plan, mintage.Plan)
    return [file.target for file in plan.files]


def failures() -> list[str]:
    try:
        mintage.generate("template", reporter=NotebookReporter())
    except GenerationFailed as failed:
        return [error.what for error in failed.exceptions if isinstance(error, JobFailedError)]
    except MintageError as error:
        return [error.what, error.hint]
    return []


def show(progress: Progress) -> None:
    assert_type(progress.percentage, float)
    assert_type(progress.seconds_left, float | None)


async def awaited() -> mintage.Report:
    report = await mintage.generate_async("template", "out", on_progress=show)
    assert_type(report, mintage.Report)
    return report
