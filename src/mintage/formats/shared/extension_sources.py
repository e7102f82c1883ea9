"""Reads the source of extensions, to be shown before they run. Imports none of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mintage.trust.capabilities import Capability

if TYPE_CHECKING:
    from pathlib import Path

EXTENSION_LOADERS = frozenset(
    f"{package}.TemplateExtensionLoader" for package in ("copier_template_extensions", "copier_templates_extensions")
)
"""Extensions that only load others from files, which Mintage does without them."""
NOT_SHIPPED = "not in the template: whatever is installed under this name next to mintage"


def extension_capability(name: str, root: Path) -> Capability:
    """Return an extension as something to consent to, with the text of the modules that its name leads to.

    Args:
        name: An import path, or `path/to/file.py:Name`.
        root: The directory that it is imported from.
    """
    file, colon, _ = name.partition(":")
    if colon and file.endswith(".py"):
        files = [root / file]
    else:
        top = name.partition(".")[0]
        files = [*sorted((root / top).rglob("*.py")), root / f"{top}.py"]
    found = [each for each in files if each.is_file()]
    if not found:
        return Capability("extension", name, NOT_SHIPPED)
    found += sorted(root.glob("*.py"))  # which it can import
    texts = [f"# {os.path.relpath(each, root)}\n{text_to_read(each)}" for each in dict.fromkeys(found)]
    return Capability("extension", name, "\n".join(texts))


def text_to_read(file: Path) -> str:
    """Return the text of a script, to be shown to the user; bytes that are not UTF-8 are escaped."""
    try:
        return file.read_text("utf-8", "backslashreplace")
    except OSError as error:
        return f"(can't be read: {error.strerror})"
