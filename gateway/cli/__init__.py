"""The command ``jsg``, one file a group of commands."""
