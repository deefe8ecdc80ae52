"""Callers that do not get as far as an answer, with what each calls: the rows of a table in docs/integrating.md.

``standings`` makes them for a gateway of the test's own, of whose callers it revokes one.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import grpc
from certificates import make_authority, make_leaf
from e2e.served import BIDDING, CHECK, STRANGER, award, new_party

from gateway.security.pki import issue_client
from gateway.security.revoking import revoke

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.served import Served

REVOKED = ("tourism", "asking-system")
PATIENCE = 20


@dataclass(frozen=True)
class Standing:
    """With what one caller calls: whom it trusts, what it presents, and whom it expects at which port."""

    port: int
    ca: Path
    certificate: Path | None
    key: Path | None
    server_name: str = "localhost"


def standings(gateway: Served, folder: Path) -> dict[str, Standing]:
    """Return each caller by the words of the table; files that the gateway's folder does not have go into *folder*."""
    pki = gateway.place.state / "pki"
    gateway.credentials(STRANGER)
    good = Standing(gateway.port, pki / "ca-bundle.pem", *_pair(pki, BIDDING))
    other = make_authority(name="other")
    (folder / "other-ca.pem").write_bytes(other.leaf_pem)
    (folder / "foreign.pem").write_bytes((foreign := make_leaf(other)).pem)
    (folder / "foreign.key").write_bytes(foreign.key_pem)
    made = {
        "nobody listens there": replace(good, port=_free_port()),
        "no certificate was sent": replace(good, certificate=None, key=None),
        "your certificate is another authority's": replace(
            good, certificate=folder / "foreign.pem", key=folder / "foreign.key"
        ),
        "your certificate has expired": _with(good, _expired(pki)),
        "your certificate is revoked": _with(good, _revoked(gateway)),
        "your agency is not known": _with(good, _pair(pki, STRANGER)),
        "the gateway's certificate is of an authority that you do not trust": replace(good, ca=folder / "other-ca.pem"),
        "the gateway's certificate bears another name": replace(good, server_name="gateway.elsewhere.example"),
    }
    return {"everything is in order": good, **made}


def _with(good: Standing, pair: tuple[Path, Path]) -> Standing:
    return replace(good, certificate=pair[0], key=pair[1])


def _pair(pki: Path, who: str) -> tuple[Path, Path]:
    return pki / "clients" / f"{who}.pem", pki / "clients" / f"{who}.key"


def _expired(pki: Path) -> tuple[Path, Path]:
    agency, role = BIDDING.split(".")
    issue_client(pki, agency, role, "late", 1, datetime.now(UTC) - timedelta(days=3))
    return _pair(pki, f"{BIDDING}.late")


def _revoked(gateway: Served) -> tuple[Path, Path]:
    """Revoke a caller and wait until the gateway has seen it."""
    pki = gateway.place.state / "pki"
    who = ".".join(REVOKED)
    with closing(gateway.new_channel(who)) as channel:
        call = channel.unary_unary(CHECK, None, None)
        revoke(pki, ["/".join(REVOKED)], "a test", datetime.now(UTC))
        until = time.monotonic() + PATIENCE
        while _code(call) is not grpc.StatusCode.UNAUTHENTICATED:
            assert time.monotonic() < until
    return _pair(pki, who)


def _code(call: grpc.UnaryUnaryMultiCallable[bytes, bytes]) -> grpc.StatusCode:
    try:
        call(award(new_party().uscc).SerializeToString(), timeout=PATIENCE)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
