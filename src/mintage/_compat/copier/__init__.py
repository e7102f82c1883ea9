"""A stand-in for the parts of Copier that extensions of templates import.

Only they can import it, and only if Copier isn't installed.
"""

from mintage.formats.copier.configuration import COPIER_VERSION

__version__ = COPIER_VERSION
