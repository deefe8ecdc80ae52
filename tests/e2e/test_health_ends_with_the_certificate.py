"""Health says NOT_SERVING once the server's certificate is over, to whoever watches on an open connection.

A new connection is then refused by any client that looks at the clock, so only those already there can be told.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from cryptography import x509
from e2e.served import BIDDING, prepared
from grpc_health.v1 import health_pb2, health_pb2_grpc

from gateway.bootstrap.config import StartError
from gateway.bootstrap.process import Gateway
from gateway.cli.local_city import prepare
from gateway.clock import SystemClock
from gateway.rpc.environment import CIPHERS_VARIABLE, TLS13_ONLY
from gateway.rpc.server import SERVICES

pytestmark = pytest.mark.xdist_group("processes")

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
SECOND = timedelta(seconds=1)


class SetClock(SystemClock):
    """The machine's clock, but for its hour."""

    ahead = timedelta()

    def now(self):
        """Return the present, moved ahead."""
        return datetime.now(UTC) + self.ahead

    def set(self, moment):
        """Go on from *moment*."""
        self.ahead = moment - datetime.now(UTC)


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv(CIPHERS_VARIABLE, TLS13_ONLY)
    place = prepared(tmp_path, {})
    return prepare(place.config, place.state)


@asynccontextmanager
async def watched(config, clock):
    """Serve in this process; yields the gateway and one stream of health for each service, on one connection."""
    gateway = Gateway(config, 0, shared_port=False, clock=clock)
    port = await gateway.start("127.0.0.1:0")
    stop = asyncio.Event()
    serving = asyncio.create_task(gateway.serve_until(stop))
    pki = config.settings.state / "pki"
    pair = ((pki / "clients" / f"{BIDDING}.{kind}").read_bytes() for kind in ("key", "pem"))
    credentials = grpc.ssl_channel_credentials((pki / "ca-bundle.pem").read_bytes(), *pair)
    try:
        async with grpc.aio.secure_channel(f"localhost:{port}", credentials) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            yield gateway, [stub.Watch(health_pb2.HealthCheckRequest(service=service)) for service in SERVICES]
    finally:
        stop.set()
        assert await serving
        await gateway.close()


async def said(streams):
    """Return what every stream says next, which must be the same."""
    statuses = {(await asyncio.wait_for(stream.read(), 20)).status for stream in streams}
    (status,) = statuses
    return status


def end_of(config):
    return x509.load_pem_x509_certificate(config.settings.tls.certificate.read_bytes()).not_valid_after_utc


def test_every_service_stops_serving_when_the_certificate_ends_and_for_that_alone(config, caplog):
    async def story():
        clock = SetClock()
        async with watched(config, clock) as (gateway, streams):
            assert await said(streams) == SERVING
            clock.set(end_of(config) + SECOND)
            assert await said(streams) == NOT_SERVING
            assert not gateway.sound()
            clock.set(end_of(config) - timedelta(hours=1))
            assert await said(streams) == SERVING

    asyncio.run(story())
    told = [record for record in caplog.records if "expired" in record.getMessage()]
    assert len(told) == 1, "the fault is logged once, not every second"


def test_nothing_starts_on_a_certificate_that_is_over(config):
    clock = SetClock()
    clock.set(end_of(config) + SECOND)
    with pytest.raises(StartError, match="expired"):
        Gateway(config, 0, shared_port=False, clock=clock)
