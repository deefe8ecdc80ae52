"""How many connections to a database a process has in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import QueuePool

from gateway.domain.figures import PoolFigures

if TYPE_CHECKING:
    from sqlalchemy import Engine


def pool_figures(engine: Engine) -> PoolFigures:
    """Return what is in use of an engine's pool, and how many it gives out at most; does not block."""
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        raise TypeError(f"a pool of kind {type(pool).__name__} has no limit")
    return PoolFigures(pool.checkedout(), pool.size() + pool._max_overflow)  # noqa: SLF001 - there is no public name
