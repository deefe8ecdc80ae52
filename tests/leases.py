"""A lease in memory, for what only asks whether it holds one."""

from __future__ import annotations


class HandLease:
    """Is held, or is not, as it was last said."""

    def __init__(self, *, held=True):
        self.held = held

    def hold(self):
        return self.held

    def give_back(self):
        self.held = False
