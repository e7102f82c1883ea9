"""The rules: each module looks for a few kinds of mistakes. `find(check)` yields findings."""
