"""Reads YAML, JSON and TOML: values and their places. Knows nothing of templates."""
