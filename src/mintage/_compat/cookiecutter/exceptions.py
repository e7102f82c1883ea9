"""The exceptions that hooks raise and catch."""


class CookiecutterException(Exception):  # noqa: N818 - Cookiecutter's name
    """The base class of Cookiecutter's exceptions."""


class FailedHookException(CookiecutterException):
    """Raised when a hook fails."""
