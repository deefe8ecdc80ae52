"""Where a channel goes: to one address, or to those of several nodes, which it asks in turn.

It resolves nothing and opens nothing; gRPC does both (``adapters.channel``).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, NamedTuple

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMED: Final = "dns:///"
_IN_TURN: Final[Mapping[str, object]] = {
    "loadBalancingConfig": [{"round_robin": {}}],
    # A node that cannot record says so, and is asked again when it says otherwise.
    "healthCheckConfig": {"serviceName": "jointsanctions.v1.CreditService"},
}
_OPTIONS: Final[Sequence[tuple[str, int]]] = (
    # A node that is back is asked again soon; gRPC would wait two minutes after a longer absence.
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # One that is frozen or cut off is found out while a call waits for it.
    ("grpc.keepalive_time_ms", 15_000),
    ("grpc.keepalive_timeout_ms", 5_000),
)


class Target(NamedTuple):
    """What gRPC is told of where to go."""

    address: str
    config: Mapping[str, object]
    """Parts of the channel's service config; empty for one address."""
    options: Sequence[tuple[str, int]]


def target_of(stated: str, server_name: str | None) -> Target:
    """Return what gRPC is told of the stated target.

    Args:
        stated: ``host:port``; of several nodes their IP addresses and ports with commas between them, or
            ``dns:///host:port`` for all addresses that the name has.
        server_name: Name that the certificates bear; of several addresses all bear the same, so that it must be stated.

    Raises:
        SettingsError: Several are named, and one is no IP address with a port, they are not of one kind, or no name is
            stated that their certificates bear.
    """
    if stated.startswith(_NAMED):
        return Target(stated, _IN_TURN, _OPTIONS)
    several = [each.strip() for each in stated.split(",")]
    if len(several) == 1:
        return Target(stated, {}, ())
    kinds = {_kind(each) for each in several}
    if len(kinds) != 1:
        raise SettingsError(f"target {stated!r}: name IPv4 addresses or IPv6 addresses, not both")
    if server_name is None:
        raise SettingsError(f"target {stated!r}: of several nodes, server_name must say what their certificates bear")
    return Target(f"{kinds.pop()}:{','.join(several)}", _IN_TURN, _OPTIONS)


def _kind(address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        if port.isascii() and port.isdigit():
            return f"ipv{ip_address(host.removeprefix('[').removesuffix(']')).version}"
    except ValueError:
        pass
    raise SettingsError(f"target {address!r}: of several nodes, each is IP:PORT; for a name use dns:///NAME:PORT")
