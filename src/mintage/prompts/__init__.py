"""Asks the user at the terminal: questions, lists and messages. Decides no answers."""
