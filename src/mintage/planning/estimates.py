"""Estimates the cost of jobs, so that the engine can order them, size batches and limit memory. Pure arithmetic."""

from __future__ import annotations

from mintage.engine.job import JobPriority
from mintage.planning.model import Action
from mintage.rendering.pieces import LARGE

KIB = 1024
MIB = 1024 * KIB
SMALL_FILE = KIB
LARGE_FILE = 10 * MIB

_CONFIGURATION_SUFFIXES = frozenset(
    {"cfg", "conf", "editorconfig", "env", "ini", "json", "properties", "toml", "yaml", "yml"}
)
_CONFIGURATION_NAMES = frozenset(
    {"dockerfile", "makefile", ".gitignore", ".gitattributes", ".dockerignore", ".npmrc", "setup.py", "go.mod"}
)

# Seconds on one core of hardware from 2020; only their ratios matter.
_SECONDS_PER_FILE = 0.00006
_SECONDS_PER_COMPILE = 0.0004
_SECONDS_PER_TAG = 0.00012
_SECONDS_PER_RENDERED_BYTE = 20e-9
_SECONDS_PER_COPIED_BYTE = 0.5e-9

# Measured: the source is in memory three times, the output twice, and each tag as tokens, syntax nodes and Python code.
# Large files that can be cut are compiled in pieces, so that only the tags of one piece count.
_RENDER_BASE_MEMORY = 1 * MIB
_MEMORY_PER_BYTE = 9
_MEMORY_PER_TAG = 11 * KIB
_TAGS_OF_A_PIECE = 4000
_COPY_MEMORY = 1 * MIB
_DECIDE_MEMORY = 2 * MIB  # small files only
# To look a member up in its enum takes 70 ns, which counts where it is done for every file.
_DECIDE, _RENDER = Action.DECIDE, Action.RENDER
_HIGH, _NORMAL, _LOW = JobPriority.HIGH, JobPriority.NORMAL, JobPriority.LOW


def priority(target: str, size: int, *, binary: bool) -> JobPriority:
    """Return HIGH for small files and configuration, LOW for large and binary files, and NORMAL for the rest."""
    if binary or size > LARGE_FILE:
        return _LOW
    if size < SMALL_FILE:
        return _HIGH
    name = target.rpartition("/")[2].lower()
    if name in _CONFIGURATION_NAMES or name.rpartition(".")[2] in _CONFIGURATION_SUFFIXES:
        return _HIGH
    return _NORMAL


def cost_seconds(action: Action, size: int, tags: int, *, needs_jinja: bool = True) -> float:
    """Return the estimated time on a worker. With DECIDE, a file counts as a template that isn't compiled."""
    if action is _DECIDE or (action is _RENDER and not needs_jinja):
        return _SECONDS_PER_FILE + size * _SECONDS_PER_RENDERED_BYTE
    if action is _RENDER:
        return _SECONDS_PER_FILE + _SECONDS_PER_COMPILE + tags * _SECONDS_PER_TAG + size * _SECONDS_PER_RENDERED_BYTE
    return _SECONDS_PER_FILE + size * _SECONDS_PER_COPIED_BYTE


def memory_bytes(action: Action, size: int, tags: int, *, cuttable: bool = False) -> int:
    """Return the estimated peak memory of a job, beyond what its worker needs anyway."""
    if action is _DECIDE:
        return _DECIDE_MEMORY
    if action is not _RENDER:
        return _COPY_MEMORY
    if cuttable and size > LARGE:
        tags = min(tags, _TAGS_OF_A_PIECE)
    return _RENDER_BASE_MEMORY + _MEMORY_PER_BYTE * size + _MEMORY_PER_TAG * tags
