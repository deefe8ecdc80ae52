"""``[trace]`` of ``gateway.toml``: where traces of calls are sent, and of how many; left out, none are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.settings.endpoints import endpoint_fault

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.settings.strict import Table

AS_SHIPPED_RATIO: Final = 0.01
AS_SHIPPED_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Who takes traces."""

    endpoint: str
    """``https://HOST[:PORT]``, or ``http`` on the loopback alone, of a collector that speaks OTLP over HTTP."""
    ca_file: Path | None
    """Authorities of the collector's certificate, PEM; None without TLS."""
    sample_ratio: float = AS_SHIPPED_RATIO
    """Share of calls that are traced: above 0, at most 1. No caller can raise it."""
    timeout_seconds: float = AS_SHIPPED_SECONDS
    """How long the collector may be silent before what is being sent is given up."""


def read_trace(table: Table, folder: Path) -> TraceSettings:
    """Return who takes traces.

    Raises:
        ConfigurationError: A key is missing, unknown or out of range, or the endpoint is neither TLS nor the loopback.
    """
    endpoint = table.take("endpoint", str)
    fault = endpoint_fault(endpoint, "a collector")
    if fault:
        raise table.error("endpoint", fault)
    settings = TraceSettings(
        endpoint=endpoint.rstrip("/"),
        ca_file=folder / table.take("ca_file", str) if endpoint.startswith("https:") else None,
        sample_ratio=table.take("sample_ratio", float) if table.has("sample_ratio") else AS_SHIPPED_RATIO,
        timeout_seconds=table.take("timeout_seconds", float) if table.has("timeout_seconds") else AS_SHIPPED_SECONDS,
    )
    table.close()
    if not 0 < settings.sample_ratio <= 1:
        raise table.error("sample_ratio", "must be greater than 0, and 1 at the most")
    if not 0 < settings.timeout_seconds <= LONGEST_SECONDS:
        raise table.error("timeout_seconds", f"must be greater than 0, and {LONGEST_SECONDS:g} at the most")
    return settings
