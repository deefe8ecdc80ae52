"""The keys of ``[limits]`` that bound callers, and ``quota`` of an agency. What a file leaves out is as shipped."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.domain.quotas import AS_SHIPPED, LoadLimits, Quota

if TYPE_CHECKING:
    from gateway.settings.strict import Table

MEBIBYTE = 1024 * 1024


def read_load(table: Table) -> LoadLimits:
    """Return the bounds that ``[limits]`` states; raises ``ConfigurationError`` with the key of what is wrong."""
    return LoadLimits(
        quota=read_quota(table, AS_SHIPPED.quota),
        refusals_in_full=_number(table, "refusals_in_full", AS_SHIPPED.refusals_in_full),
        longest_call=_seconds(table, "longest_call_seconds", AS_SHIPPED.longest_call),
        slow_reader=_seconds(table, "slow_reader_seconds", AS_SHIPPED.slow_reader),
        stream_idle=_seconds(table, "stream_idle_seconds", AS_SHIPPED.stream_idle),
        stream_bytes=_number(table, "stream_mebibytes", AS_SHIPPED.stream_bytes // MEBIBYTE) * MEBIBYTE,
    )


def read_quota(table: Table, default: Quota) -> Quota:
    """Return the quota under ``quota``; *default* where there is none, and for each number that it leaves out."""
    return read_own_quota(table, default)[0]


def read_own_quota(table: Table, default: Quota) -> tuple[Quota, frozenset[str]]:
    """Return the quota as ``read_quota`` does, and which numbers of it were stated."""
    if not table.has("quota"):
        return default, frozenset()
    stated = table.table("quota")
    numbers = {field.name: stated.take(field.name, int) for field in fields(Quota) if stated.has(field.name)}
    stated.close()
    try:
        return replace(default, **numbers), frozenset(numbers)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise stated.error(name, why) from error


def _number(table: Table, key: str, default: int) -> int:
    value = table.take(key, int) if table.has(key) else default
    if value < 1:
        raise table.error(key, "must be at least 1")
    return value


def _seconds(table: Table, key: str, default: timedelta) -> timedelta:
    if not table.has(key):
        return default
    value = table.take(key, float)
    if value <= 0:
        raise table.error(key, "must be greater than 0")
    return timedelta(seconds=value)
