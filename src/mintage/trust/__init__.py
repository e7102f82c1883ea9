"""Whether a template author's code may run. Knows what would run, not how it runs."""
