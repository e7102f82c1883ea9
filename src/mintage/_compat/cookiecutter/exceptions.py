"""What hooks raise to say that something is wrong."""


class CookiecutterException(Exception):  # noqa: N818 - Cookiecutter's name
    """What all exceptions of Cookiecutter are."""


class FailedHookException(CookiecutterException):
    """A hook cannot do its work."""
