"""Shows differences as a patch for `git apply` and `patch -p1`, or as a summary like that of `git diff --stat`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from mintage.data.documents import VERSION
from mintage.projects.differences import Change
from mintage.projects.trees import FileVersion
from mintage.terminal import one_line, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mintage.planning.model import Plan
    from mintage.projects.differences import Opcode

_NEVER_ENDED = b"\\ No newline at end of file\n"
_QUOTED = re.compile(rb'[\x00-\x1f\x7f"\\]')
_LETTERS = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_STYLES = {" ": "", "-": "red", "+": "green"}
_NARROWEST_GRAPH = 10

# The style of a line, and the line with its ending.
StyledLine = tuple[str, bytes]


def patch_lines(changes: Iterable[Change]) -> Iterator[StyledLine]:
    """Yield the lines of a patch. For a binary file, that is a line that says so, which `git apply` skips."""
    for change in changes:
        before, after = change.before, change.after
        if change.is_binary:
            yield from _binary(change)
        elif before is not None and before.is_link != after.is_link:
            yield from _text(Change(change.path, before, FileVersion(0, 0, b"")))
            yield from _text(Change(change.path, None, after))
        else:
            yield from _text(change)


def patch_of(change: Change) -> bytes:
    """Return the patch of one change."""
    return b"".join(line for _, line in patch_lines([change]))


def diff_document(changes: Sequence[Change], plan: Plan) -> dict[str, Any]:
    """Return the document that `diff --json` prints."""
    hidden = plan.redaction.text
    return {
        "kind": "diff",
        "version": VERSION,
        "template": {"format": plan.format, "origin": plan.origin},
        "destination": str(plan.destination),
        "differs": bool(changes),
        "insertions": sum(change.insertions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changes": [
            {
                "path": hidden(change.path),
                "change": change.kind,
                "binary": change.is_binary,
                "old": _version(change.before) if change.before else None,
                "new": _version(change.after),
                "insertions": change.insertions,
                "deletions": change.deletions,
                "patch": None if change.is_binary else hidden(patch_of(change).decode("utf-8", "surrogateescape")),
            }
            for change in changes
        ],
        "warnings": list(plan.warnings),
    }


def stat_lines(changes: Sequence[Change], columns: int) -> Iterator[StyledLine]:
    """Yield how many lines of each file change, as `git diff --stat` shows it."""
    names = [one_line(change.path) for change in changes]
    counts = [_count(change) for change in changes]
    # git aligns the counts with the word "Bin".
    widest = (
        max(len("Bin") if change.is_binary else len(count) for change, count in zip(changes, counts, strict=True))
        if changes
        else 0
    )
    name_width = min(max(map(len, names), default=0), max(10, columns - widest - _NARROWEST_GRAPH - 6))
    graph_width = max(_NARROWEST_GRAPH, columns - name_width - widest - 6)
    most = max((change.insertions + change.deletions for change in changes), default=0)
    for change, name, count in zip(changes, names, counts, strict=True):
        shown = name if len(name) <= name_width else "..." + name[-name_width + 3 :]
        plus, minus = _scaled(change.insertions, change.deletions, most, graph_width)
        counted = count if change.is_binary else f"{count:>{widest}} {'+' * plus}{'-' * minus}"
        yield "", f" {shown:<{name_width}} | {counted.rstrip()}\n".encode("utf-8", "surrogateescape")
    if changes:
        yield "", f"{_summary(changes)}\n".encode()


def _summary(changes: Sequence[Change]) -> str:
    insertions = sum(change.insertions for change in changes)
    deletions = sum(change.deletions for change in changes)
    parts = [_counted(len(changes), "file") + " changed"]
    if insertions or not deletions:
        parts.append(_counted(insertions, "insertion") + "(+)")
    if deletions or not insertions:
        parts.append(_counted(deletions, "deletion") + "(-)")
    return " " + ", ".join(parts)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _count(change: Change) -> str:
    if change.is_binary:
        return f"Bin {change.before.size if change.before else 0} -> {change.after.size} bytes"
    return str(change.insertions + change.deletions)


def _scaled(plus: int, minus: int, most: int, width: int) -> tuple[int, int]:
    """Return how many plus and minus signs to draw: at least one of each kind that there is."""
    if most <= width:
        return plus, minus
    total = max(1 + bool(plus and minus), round((plus + minus) * width / most))
    shown = min(total - bool(minus), max(bool(plus), round(total * plus / (plus + minus))))
    return shown, total - shown


def _version(version: FileVersion) -> dict[str, Any]:
    return {"mode": f"{version.mode:06o}", "size": version.size}


def _binary(change: Change) -> Iterator[StyledLine]:
    before, after = change.before, change.after
    if before is not None and before.mode != after.mode:
        yield from _header(change)
    old = f"{change.path} ({size(before.size)})" if before else "/dev/null"
    yield (
        "bold",
        f"Binary files differ: {one_line(old)} and {one_line(change.path)} ({size(after.size)})\n".encode(
            "utf-8", "surrogateescape"
        ),
    )


def _text(change: Change) -> Iterator[StyledLine]:
    """Yield the patch of a text file. A mode of 0 afterwards stands for a removed file."""
    yield from _header(change)
    if not change.hunks:
        return
    yield "bold", b"--- " + (quoted("a/", change.path, ends=True) if change.before else b"/dev/null") + b"\n"
    yield "bold", b"+++ " + (quoted("b/", change.path, ends=True) if change.after.mode else b"/dev/null") + b"\n"
    old = change.before.lines if change.before else []
    for hunk in change.hunks:
        yield from _hunk(hunk, old, change.after.lines)


def _header(change: Change) -> Iterator[StyledLine]:
    before, after = change.before, change.after
    yield "bold", b"diff --git %s %s\n" % (quoted("a/", change.path), quoted("b/", change.path))
    if before is None:
        yield "bold", b"new file mode %06o\n" % after.mode
    elif not after.mode:
        yield "bold", b"deleted file mode %06o\n" % before.mode
    elif before.mode != after.mode:
        yield "bold", b"old mode %06o\n" % before.mode
        yield "bold", b"new mode %06o\n" % after.mode


def _hunk(hunk: Sequence[Opcode], old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[StyledLine]:
    first, last = hunk[0], hunk[-1]
    yield "cyan", f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n".encode()
    for tag, old_start, old_end, new_start, new_end in hunk:
        if tag == "equal":
            yield from _signed(" ", old[old_start:old_end])
            continue
        yield from _signed("-", old[old_start:old_end])
        yield from _signed("+", new[new_start:new_end])


def _signed(sign: str, lines: Iterable[bytes]) -> Iterator[StyledLine]:
    for line in lines:
        if line.endswith(b"\n"):
            yield _STYLES[sign], sign.encode() + line
        else:
            yield _STYLES[sign], sign.encode() + line + b"\n"
            yield "", _NEVER_ENDED


def _range(start: int, end: int) -> str:
    """Return a range of lines as in a patch: from 1, and for an empty range from the line before."""
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def quoted(prefix: str, path: str, *, ends: bool = False) -> bytes:
    """Return a path as git writes it.

    Args:
        prefix: The prefix: "a/" or "b/".
        path: The path, relative to the project.
        ends: Whether a tab must follow a path with spaces, as in the lines that begin with `---` and `+++`.
    """
    name = os.fsencode(prefix + path)
    if _QUOTED.search(name):
        return b'"' + _QUOTED.sub(lambda found: _escaped(found[0][0]).encode(), name) + b'"'
    return name + b"\t" if ends and b" " in name else name


def _escaped(byte: int) -> str:
    return f"\\{_LETTERS[byte]}" if byte in _LETTERS else f"\\{byte:03o}"
