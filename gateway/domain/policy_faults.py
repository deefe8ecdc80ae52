"""One thing that is wrong with the files of a policy, and where; what may be wrong is in ``policy_lint``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Where it is, what it is about, and why it is wrong."""

    file: str
    """Relative to the policy's folder."""
    tables: tuple[str, ...]
    """Where in the file, such as ``row[3]``, counted from 0; empty for the top of the file, and for what is missing."""
    field: str
    """Key within the table; ``-`` for the whole of it."""
    rule_id: str
    """The rule, point or article that it is about; empty where none could be read."""
    reason: str

    @property
    def key(self) -> str:
        """What it is about in one word: the rule, or the key with its table."""
        return self.rule_id or ".".join((*self.tables, self.field))
