"""What must hold for any input, and what looks for inputs for which it does not.

`worlds` has a place for one input, `properties` what must hold. Hypothesis tries them in `tests/fuzz`; atheris, guided
by what code an input reaches, in `make fuzz`.
"""
