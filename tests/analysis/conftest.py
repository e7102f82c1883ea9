"""Templates for the analysis are small directories of any format, loaded as `mintage check` loads them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from mintage import formats
from mintage.analysis.checks.loading import check_template
from mintage.analysis.references import Analysis
from mintage.formats import LoadRequest, survey_of
from mintage.sources import Origin, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mintage.analysis.checks.findings import Finding


@pytest.fixture
def analyse(write_tree: Callable[..., Path], tmp_path: Path) -> Callable[[dict[str, str]], Analysis]:
    """Write a template of the files {path: text} and take it apart."""

    def analysis(files: dict[str, str]) -> Analysis:
        root = write_tree(files)
        source = Source(root, root, Origin(str(root), str(root)))
        with ExitStack() as scratch:
            request = LoadRequest(source, scratch, output=tmp_path / "project", load_only=True)
            return Analysis(survey_of(formats.load(request)))

    return analysis


@pytest.fixture
def places(analyse: Callable[[dict[str, str]], Analysis]) -> Callable[..., list[str]]:
    """Where a template of the files reads a name: "file:line:column"s."""

    def found(name: str, files: dict[str, str]) -> list[str]:
        return [str(read.where) for read in analyse(files).reads if read.name == name]

    return found


@pytest.fixture
def found(write_tree: Callable[..., Path]) -> Callable[[dict[str, str | bytes]], list[Finding]]:
    """What a check of a template of the files {path: text} finds."""

    def findings(files: dict[str, str | bytes]) -> list[Finding]:
        return list(check_template(write_tree(files)).findings)

    return findings
