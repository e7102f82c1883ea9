"""The person at the terminal: questions, lists and what is said. Decides no answer."""
