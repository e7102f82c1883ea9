"""A stand-in for the parts of Cookiecutter that hooks and extensions of templates import.

Only they can import it, and only if Cookiecutter isn't installed.
"""

__version__ = "2.7.1"
