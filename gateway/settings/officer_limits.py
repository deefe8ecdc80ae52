"""``[officers]`` of ``gateway.toml``: what is accepted of assertions of officers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.domain.officers import AssertionLimits

if TYPE_CHECKING:
    from gateway.settings.strict import Table


def read_officers(table: Table) -> AssertionLimits:
    """Read what is accepted of assertions; what the file does not say is as ``AssertionLimits`` has it.

    Raises:
        ConfigurationError: With the key: a value is out of range or of another type, or a key is unknown.
    """
    limits = AssertionLimits()
    seconds = {
        name: timedelta(seconds=table.take(f"{name}_seconds", float))
        for name in ("tolerance", "longest_life")
        if table.has(f"{name}_seconds")
    }
    nonces = table.take("nonces", int) if table.has("nonces") else limits.nonces
    table.close()
    try:
        return replace(limits, **seconds, nonces=nonces)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(name if name == "nonces" else f"{name}_seconds", why) from error
