"""Errors that extensions of Copier templates raise to refuse an answer."""


class CopierError(Exception):
    """Base of Copier's errors."""


class UserMessageError(CopierError):
    """Something that the user should read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message
