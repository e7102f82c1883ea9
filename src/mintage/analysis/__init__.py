"""Looks at a whole template without minting it: what it reads where, and what is wrong with it.

Knows templates of all formats. Runs nothing of what their authors wrote as code.
"""
