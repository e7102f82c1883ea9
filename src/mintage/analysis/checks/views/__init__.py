"""What a check has found, for people and for programs. Checks nothing."""
