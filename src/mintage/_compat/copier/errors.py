"""The errors that extensions of Copier templates raise to reject answers."""


class CopierError(Exception):
    """The base class of Copier's errors."""


class UserMessageError(CopierError):
    """An error with a message for the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message
