"""The rules. No clock, no I/O; standard library and ``formats`` only."""
