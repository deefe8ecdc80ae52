"""The doctor's looks at the gateway over the wire: is it there, does it serve, what does it say of itself and the time.

The last two are asked as the operator, where that certificate lies on this machine; elsewhere it says that it was not
asked.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jointsanctions.v1 import status_pb2 as pb

from adapters.client import ClientSettings, GatewayClient
from adapters.errors import GatewayError, SettingsError
from gateway.cli.account import account

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from gateway.cli.doctor_certificates import Finding
    from gateway.settings.client_file import ClientFile


def gateway(arguments: argparse.Namespace, client: ClientFile, clock_limit: timedelta) -> Iterable[Finding]:
    """Look at the gateway; clocks may be apart by *clock_limit*."""
    address = arguments.address or client.address
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
    except (OSError, ValueError) as error:
        yield "gateway", False, f"{address}: {error}"
        return
    who = arguments.caller or client.audit_reader
    try:
        with GatewayClient(_settings(client, address, who)) as channel:
            serving = channel.serving()
    except (GatewayError, SettingsError) as error:
        yield "gateway", False, f"{address} as {who}: {error}"
        return
    yield "gateway", serving, f"{address}: {'SERVING' if serving else 'NOT_SERVING'}"
    yield from _itself(client, address, clock_limit)


def _itself(client: ClientFile, address: str, clock_limit: timedelta) -> Iterable[Finding]:
    who = client.operations
    if not (client.certificates / f"{who}.pem").exists():
        yield "gateway's status", True, f"not asked: the certificate of {who} is not on this machine"
        return
    try:
        with GatewayClient(_settings(client, address, who)) as channel:
            before = datetime.now(UTC)
            answer = channel.status(pb.GetStatusRequest(officer=account()))
            after = datetime.now(UTC)
    except (GatewayError, SettingsError) as error:
        yield "gateway's status", False, f"{address} as {who}: {error}"
        return
    yield clock_between(before, answer.now.ToDatetime(UTC), after, clock_limit)
    broken = [f"{each.text.en}: {each.about} {each.measured}".rstrip(": ") for each in answer.complaints if each.broken]
    coming = [f"{each.text.en} {each.measured}" for each in answer.complaints if not each.broken]
    yield "gateway's status", not broken, "; ".join([*broken, *coming]) or "nothing is in disorder"


def clock_between(before: datetime, theirs: datetime, after: datetime, limit: timedelta) -> Finding:
    """Compare this machine's clock with the gateway's, which said *theirs* at some moment of the call.

    Args:
        before: When the call was made, by this machine's clock.
        theirs: The gateway's instant.
        after: When its answer was here, by this machine's clock.
        limit: By how much clocks may be apart.
    """
    apart = max(before - theirs, theirs - after, timedelta())
    said = f"{apart.total_seconds():.1f} s {'ahead of' if before > theirs else 'behind'} the gateway's"
    return "gateway's clock", apart <= limit, said if apart else "within the time of a call of this machine's"


def _settings(client: ClientFile, address: str, who: str) -> ClientSettings:
    return ClientSettings(
        target=address,
        ca_file=client.ca_bundle,
        certificate_file=client.certificates / f"{who}.pem",
        key_file=client.certificates / f"{who}.key",
        server_name=client.server_name,
        deadline_seconds=client.deadline_seconds,
    )
