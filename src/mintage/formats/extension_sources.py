"""The source of a Jinja extension that a template asks for, to be read before it runs. Imports none of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mintage.trust import Capability

if TYPE_CHECKING:
    from pathlib import Path

_NOT_SHIPPED = "not in the template: what is installed beside mintage under this name"


def extension_capability(name: str, root: Path) -> Capability:
    """What an extension is: the modules of the template that its name leads to, with their texts.

    name: an import path, or `path/to/file.py:Name`. root: the folder that it is imported from.
    """
    file, colon, _ = name.partition(":")
    if colon and file.endswith(".py"):
        files = [root / file]
    else:
        top = name.partition(".")[0]
        files = [*sorted((root / top).rglob("*.py")), root / f"{top}.py"]
    found = [each for each in files if each.is_file()]
    if not found:
        return Capability("extension", name, _NOT_SHIPPED)
    found += sorted(root.glob("*.py"))  # which can be imported by it
    texts = [f"# {os.path.relpath(each, root)}\n{_text(each)}" for each in dict.fromkeys(found)]
    return Capability("extension", name, "\n".join(texts))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "backslashreplace")
    except OSError as error:
        return f"(it cannot be read: {error.strerror})"
