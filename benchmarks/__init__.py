"""Measures Mintage beside Cookiecutter and `cp -r`, in one run: `python -m benchmarks`."""
