"""Tests a template: mints it with many combinations of answers, and reports what is wrong.

Builds on everything that generates a project, and uses it as any program would.
"""
