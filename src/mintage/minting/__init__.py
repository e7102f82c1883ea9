"""One run: from a template and answers to a project."""
