"""A stand-in for the parts of Cookiecutter that hooks and extensions of templates import.

Found only by them, and only when Cookiecutter itself is not installed.
"""

__version__ = "2.7.1"
