"""``[anomalies]`` of ``gateway.toml``: from which number on something is worth an auditor's look. Optional."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from gateway.domain.anomalies import AnomalyThresholds

if TYPE_CHECKING:
    from gateway.settings.strict import Table


def read_anomalies(table: Table) -> AnomalyThresholds:
    """Return the thresholds; what is left out is as shipped.

    Raises:
        ConfigurationError: A threshold means nothing.
    """
    values = {field.name: table.take(field.name, int) for field in fields(AnomalyThresholds) if table.has(field.name)}
    table.close()
    try:
        return AnomalyThresholds(**values)
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(name, why) from error
