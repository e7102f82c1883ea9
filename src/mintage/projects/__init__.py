"""An existing project: what it was generated from, what failed in it, and how it differs."""
