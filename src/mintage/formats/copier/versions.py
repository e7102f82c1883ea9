"""Chooses the version of a template, and says what the answers file needs to know about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mintage.addresses import is_url
from mintage.errors import UsageError
from mintage.formats import CURRENT_REF

if TYPE_CHECKING:
    from mintage.formats import LoadRequest
    from mintage.sources import Source

_HEAD = "HEAD"
_SHORT_FORMS = ("gh:", "gl:")


def chosen_version(request: LoadRequest, last: dict[str, Any]) -> Source:
    """Return the source at the revision that Copier would use.

    That is the one that the user asked for, else the newest tag that is a version, else HEAD.

    Args:
        last: The answers of the last run, which say which revision ":current:" is.
    """
    source = request.source
    repository = source.repository
    if repository is None:
        return source
    ref = request.copier.ref
    if ref == CURRENT_REF:
        ref = str(last.get("_commit") or "")
        if not ref:
            raise UsageError(
                f"{CURRENT_REF} needs an answers file that names the revision of the project",
                hint="name the revision with `Options(ref=...)`",
            )
    if ref is None:
        ref = _newest(repository.version_tags(), request)
    if ref == _HEAD:
        return source.at(_HEAD, submodules=True, uncommitted=repository.is_local)
    return source.at(ref, submodules=True)


def _newest(tags: tuple[str, ...], request: LoadRequest) -> str:
    from packaging.version import Version

    for tag in tags:
        if request.copier.prereleases or not Version(tag).is_prerelease:
            return tag
    if tags:
        request.warn(
            f"all versions of the template are prereleases such as {tags[0]}, so its HEAD is used; "
            "`Options(copier=CopierOptions(prereleases=True))` uses the newest of them"
        )
    else:
        request.warn("the template has no tag that is a version, so its HEAD is used")
    return _HEAD


def source_for_answers(source: Source) -> dict[str, str]:
    """Return `_src_path` and `_commit`, with which Copier finds the template again."""
    metadata = {"_src_path": _address(source)}
    if source.repository is not None and source.origin.commit:
        metadata["_commit"] = source.repository.describe(source.origin.commit)
    return metadata


def _address(source: Source) -> str:
    """Return what the user typed if Copier understands it, or the address that it stands for."""
    typed, url = source.origin.reference, source.origin.url
    if typed.startswith(_SHORT_FORMS) or Path(typed).expanduser().exists():
        return typed
    if is_url(typed):
        return typed
    if source.repository is None or not is_url(url) or url.endswith(".git"):
        return url
    return f"git+{url}"
