"""The rules: each module looks for a few kinds of mistakes. `find(analysis)` yields findings."""
