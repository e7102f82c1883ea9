"""Keeps secret answers out of everything that is shown or stored."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mintage.errors import MintageError, RenderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HIDDEN = "***"
# Shorter ones occur in too many words, and are hardly secrets.
_SHORTEST = 3


class Redaction:
    """Replaces secrets in texts.

    Args:
        secrets: The values to hide; of lists and dictionaries, each value.
    """

    def __init__(self, secrets: Iterable[Any] = ()) -> None:
        whole = {text for secret in secrets for text in _texts(secret)}
        # The lines of a secret may also be shown separately.
        texts = {part for text in whole for part in (text, *text.splitlines()) if len(part) >= _SHORTEST}
        # Messages may also quote them.
        written = {form for text in texts for form in (text, repr(text)[1:-1], json.dumps(text)[1:-1])}
        longest_first = sorted(written, key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, longest_first))) if written else None

    def text(self, text: str) -> str:
        """Return the text with each secret replaced."""
        return text if self._secret is None else self._secret.sub(_HIDDEN, text)

    def hide_in(self, error: MintageError) -> None:
        """Remove secrets from the error."""
        if self._secret is None:
            return
        error.what, error.why, error.hint = map(self.text, (error.what, error.why, error.hint))
        if isinstance(error, RenderError):
            error.source_line = self.text(error.source_line)
        error.args = tuple(self.text(each) if isinstance(each, str) else each for each in error.args)
        error.problems = tuple(
            replace(each, what=self.text(each.what), hint=self.text(each.hint)) for each in error.problems
        )

    @contextmanager
    def hiding(self) -> Iterator[None]:
        """Remove secrets from errors that the block raises."""
        try:
            yield
        except MintageError as error:
            self.hide_in(error)
            raise


def _texts(secret: Any) -> Iterable[str]:
    if isinstance(secret, dict):
        return [text for value in secret.values() for text in _texts(value)]
    if isinstance(secret, list | tuple):
        return [text for value in secret for text in _texts(value)]
    if isinstance(secret, bool) or secret is None:
        return []
    return [str(secret)]
