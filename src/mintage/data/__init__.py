"""Reads YAML, JSON and TOML: values, and where they stand. Knows nothing of templates."""
