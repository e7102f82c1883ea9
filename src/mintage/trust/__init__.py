"""Whether code of a template's author may run. Knows what wants to run, not how it runs."""
