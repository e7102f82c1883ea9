"""Cookiecutter's extensions, under the names that templates list in `_extensions`."""

from mintage.formats.shared.extensions import (
    JsonifyExtension,
    RandomStringExtension,
    SlugifyExtension,
    TimeExtension,
    UUIDExtension,
)

__all__ = ["JsonifyExtension", "RandomStringExtension", "SlugifyExtension", "TimeExtension", "UUIDExtension"]
