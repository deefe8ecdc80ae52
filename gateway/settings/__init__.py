"""``config/*.toml`` into frozen dataclasses.

Unknown keys, missing ones and contradictions stop the start with file, key and reason; there are no silent defaults.
"""

from __future__ import annotations


class ConfigurationError(Exception):
    """A configuration file cannot be used: which file, which key, and why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason
