"""The interpreter: renders templates that need little of Jinja2 without compiling them, to the same bytes.

Jinja2 spends about 98% of its time on compiling when a template is rendered once. Most templates need only variables,
conditions, loops and comments, which are interpreted here. Each distinct tag is parsed once, and each expression of the
context is evaluated once in a run.
"""
