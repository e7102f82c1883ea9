"""What all JSON documents have in common. A leaf: knows none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mintage.errors import Location

VERSION = 1


def where_document(where: Location | None) -> dict[str, Any] | None:
    """Return a place, or null."""
    return {"file": where.file, "line": where.line, "column": where.column} if where else None
