"""Tests a template: mints it with many combinations of answers, and says what is wrong.

Comes after everything that makes a project, and uses it as any program would.
"""
