"""Shows findings to people and to programs. Checks nothing."""
