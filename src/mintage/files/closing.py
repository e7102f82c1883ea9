"""Closes descriptors of directories. A leaf."""

from __future__ import annotations

import os
from contextlib import suppress


def close_directory(descriptor: int) -> None:
    """Close the descriptor of a directory.

    Network file systems and quotas report errors at this point. A directory's descriptor holds no data, so such an
    error loses nothing, and must not keep anything from being tidied up.
    """
    with suppress(OSError):
        os.close(descriptor)
