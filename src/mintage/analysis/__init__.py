"""Analyzes a whole template without generating anything: what it reads where, and what is wrong with it.

Works for templates of every format, and knows none. Runs no code that a template's author wrote.
"""
