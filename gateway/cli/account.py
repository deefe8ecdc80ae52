"""Who runs a command, where nobody else is named."""

from __future__ import annotations

import getpass
import os


def account() -> str:
    """Return the name of the account that runs the command; its number, as ``uid-10001``, where it has no name.

    A container's user has none.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # before CPython 3.13 it is a KeyError
        return f"uid-{os.getuid()}"
