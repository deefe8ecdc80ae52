"""``[status]`` and ``[metrics]`` of ``gateway.toml``: what an operator is told, and where. Both can be left out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gateway.domain.status import WatchLimits

if TYPE_CHECKING:
    from gateway.settings.strict import Table

HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where metrics are told: an IP address and a port, 0 for any; worker N of several takes the N-th port after it."""

    host: str
    port: int


def read_watch(table: Table) -> WatchLimits:
    """Return the limits of ``[status]``; what it leaves out is as shipped."""
    kinds = {"least_free_gigabytes": float, "ends_soon_days": int, "log_waits_seconds": float}
    values = {
        field.name: table.take(field.name, kinds[field.name]) for field in fields(WatchLimits) if table.has(field.name)
    }
    table.close()
    try:
        return WatchLimits(**values)  # type: ignore[arg-type]  # each of its kind
    except ValueError as error:
        name, _, why = str(error).partition(": ")
        raise table.error(name, why) from error


def read_metrics(table: Table) -> MetricsSettings:
    """Return where metrics are told.

    The port asks for no certificate. So it is one of the machine's own, unless ``beyond_this_machine = true`` says
    that whoever reaches the address may read them.

    Raises:
        ConfigurationError: ``listen`` is no address, or no loopback address and that was not said.
    """
    listen = table.take("listen", str)
    beyond = table.take("beyond_this_machine", bool) if table.has("beyond_this_machine") else False
    table.close()
    host, _, port = listen.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise table.error("listen", f"{listen!r} is not ADDRESS:PORT with an IP address") from None
    if not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
        raise table.error("listen", f"{listen!r} has no port up to {HIGHEST_PORT}")
    if not (address.is_loopback or beyond):
        raise table.error("listen", f"{host} is no loopback address: that needs beyond_this_machine = true")
    return MetricsSettings(str(address), int(port))
