"""A stand-in for the parts of Copier that extensions of templates import.

Found only by them, and only when Copier itself is not installed.
"""

from mintage.formats.copier.configuration import COPIER_VERSION

__version__ = COPIER_VERSION
