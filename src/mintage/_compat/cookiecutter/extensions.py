"""The extensions under the names that templates may list in `_extensions`."""

from mintage.formats.extensions import (
    JsonifyExtension,
    RandomStringExtension,
    SlugifyExtension,
    TimeExtension,
    UUIDExtension,
)

__all__ = ["JsonifyExtension", "RandomStringExtension", "SlugifyExtension", "TimeExtension", "UUIDExtension"]
