"""A project that exists: what it was made from, what failed in it, and how it differs."""
