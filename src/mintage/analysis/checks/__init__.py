"""Finds what is wrong with a template: `mintage check`."""
