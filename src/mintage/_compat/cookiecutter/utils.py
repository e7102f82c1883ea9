"""What local extensions of templates take from `cookiecutter.utils`."""

from mintage.formats.extensions import simple_filter

__all__ = ["simple_filter"]
