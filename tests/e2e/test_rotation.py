"""Keys, authorities and revocations change under load: nobody who belongs notices, who does not is out in a second."""

from __future__ import annotations

import asyncio
import itertools
import ssl
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import grpc
import pytest
from cryptography import x509
from e2e.served import BIDDING, CHECK, award, gateway_in, new_party, question
from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.security.key_files import replace_file
from gateway.security.key_pairs import PairFiles, replace_pair
from gateway.security.pki import init_authority, issue_client, issue_server
from gateway.security.revoking import revoke

pytestmark = pytest.mark.xdist_group("processes")

OFFICE = "award-office.asking-system"
WATCH = "/jointsanctions.v1.RegistryService/WatchChanges"
IN_FLIGHT = 64
CODE = new_party().uscc
SECOND = 1.0


def nomination():
    """The other agency's question."""
    asked = question(
        area=common_pb2.AREA_AWARDS, decision_point=common_pb2.DECISION_POINT_AWARDS_NOMINATION, case_facts=None
    )
    request = credit_pb2.CheckEligibilityRequest(question=asked)
    request.enterprise.uscc = CODE
    return request


def shown_serial(gateway):
    """Serial number of the certificate that the server shows whoever connects now."""
    pem = ssl.get_server_certificate(("127.0.0.1", gateway.port))
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def seconds_until(condition):
    since = time.monotonic()
    while not condition():
        assert time.monotonic() - since < 20
    return time.monotonic() - since


class City:
    """The gateway's folder and that of an authority which takes over from the one that it began with."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.pki = gateway.place.state / "pki"
        self.new = gateway.place.state / "new-pki"
        now = datetime.now(UTC)
        init_authority(self.new, "shiyan.example", now)
        issue_server(self.new, [], 90, now)
        for who in (BIDDING, OFFICE):
            agency, role = who.split(".")
            issue_client(self.new, agency, role, None, 90, now)
        self.roots = [(folder / "root.pem").read_bytes() for folder in (self.pki, self.new)]

    def trust(self, *roots):
        replace_file(self.pki / "ca-bundle.pem", b"".join(roots), mode=0o644)

    def serve_with_the_new(self):
        pair = PairFiles(self.pki / "server.pem", self.pki / "server.key")
        replace_pair(pair, (self.new / "server.pem").read_bytes(), (self.new / "server.key").read_bytes())
        return x509.load_pem_x509_certificate((self.new / "server.pem").read_bytes()).serial_number

    def channel(self, who, folder):
        """A channel with a connection of its own, that trusts both roots."""
        pair = ((folder / "clients" / f"{who}.{kind}").read_bytes() for kind in ("key", "pem"))
        options = [
            ("grpc.ssl_target_name_override", "localhost"),
            ("grpc.enable_retries", 0),
            ("grpc.use_local_subchannel_pool", 1),
        ]
        credentials = grpc.ssl_channel_credentials(b"".join(self.roots), *pair)
        return grpc.aio.secure_channel(f"127.0.0.1:{self.gateway.port}", credentials, options)


async def code_of(channel, raw):
    """Ask once; return the name of the status."""
    try:
        await channel.unary_unary(CHECK)(raw, timeout=20)
    except grpc.aio.AioRpcError as error:
        return error.code().name
    return "OK"


class Load:
    """Calls of one agency, so many at once, each ended noted with the moment and its status."""

    def __init__(self, request, channel):
        self.channel = channel
        self._raw = request.SerializeToString()
        self._going = True
        self.waiting = 0
        self._another = asyncio.Event()
        self.ended = []

    async def run(self, at_once):
        await asyncio.gather(*(self._ask() for _ in range(at_once)))

    async def _ask(self):
        while self._going:
            self.waiting += 1
            code = await code_of(self.channel, self._raw)
            self.waiting -= 1
            self.ended.append((time.monotonic(), code))
            self._another.set()

    async def more(self, calls):
        """Let so many more calls end."""
        wanted = len(self.ended) + calls
        while len(self.ended) < wanted:
            self._another.clear()
            await self._another.wait()

    def stop(self):
        self._going = False


async def reached(channel):
    await asyncio.wait_for(channel.channel_ready(), 20)
    return channel


async def until(condition):
    while not await asyncio.to_thread(condition):
        pass


async def rotation(city):
    """The whole story.

    Returns the loads of the good agency and of the revoked one, when it was revoked, how many calls were in flight at
    each change, and what became of who still comes by the certificate of the removed authority.
    """
    in_flight = []
    async with AsyncExitStack() as stack:
        good = Load(award(CODE), await stack.enter_async_context(city.channel(BIDDING, city.pki)))
        other = Load(nomination(), await stack.enter_async_context(city.channel(OFFICE, city.pki)))
        running = [asyncio.create_task(load.run(IN_FLIGHT // 2)) for load in (good, other)]
        try:
            await good.more(100)
            former = good.channel
            in_flight.append(good.waiting + other.waiting)
            city.trust(*city.roots)
            serial = city.serve_with_the_new()
            await until(lambda: shown_serial(city.gateway) == serial)
            for load, who in ((good, BIDDING), (other, OFFICE)):
                load.channel = await reached(await stack.enter_async_context(city.channel(who, city.new)))
                await load.more(2 * IN_FLIGHT)
            in_flight.append(good.waiting + other.waiting)
            city.trust(city.roots[1])
            await good.more(300)
            leaf = x509.load_pem_x509_certificate((city.new / "clients" / f"{OFFICE}.pem").read_bytes())
            in_flight.append(good.waiting + other.waiting)
            revoke(city.pki, [f"{leaf.serial_number:x}"], "key lost", datetime.now(UTC))
            revoked = time.monotonic()
            while time.monotonic() < revoked + 2 * SECOND:
                await good.more(1)
            left_behind = await code_of(former, award(CODE).SerializeToString())
        finally:
            good.stop()
            other.stop()
            await asyncio.gather(*running)
    return good, other, revoked, in_flight, left_behind


def test_under_load_keys_authorities_and_revocations_change_and_the_good_agency_notices_nothing(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        good, other, revoked, in_flight, left_behind = asyncio.run(rotation(City(gateway)))

        assert in_flight == [IN_FLIGHT] * 3
        assert {code for _, code in good.ended} == {"OK"}
        assert {code for at, code in other.ended if at < revoked} == {"OK"}
        late = [code for at, code in other.ended if at > revoked + SECOND]
        assert len(late) > IN_FLIGHT
        assert set(late) == {"UNAUTHENTICATED"}
        assert left_behind == "UNAUTHENTICATED"


def test_a_new_key_is_shown_within_a_second_and_an_open_stream_goes_on(tmp_path):
    with gateway_in(tmp_path, filled=False, changes={"heartbeat_seconds = 5 ": "heartbeat_seconds = 0.1 "}) as gateway:
        call = gateway.channel("credit-platform.connector").unary_stream(WATCH, None, None)(b"\x12\x01o", timeout=60)
        next(call)
        issue_server(gateway.place.state / "pki", [], 30, datetime.now(UTC), force=True)
        leaf = x509.load_pem_x509_certificate((gateway.place.state / "pki" / "server.pem").read_bytes())

        assert seconds_until(lambda: shown_serial(gateway) == leaf.serial_number) < SECOND
        assert len(list(itertools.islice(call, 12))) == 12
        call.cancel()
        assert "handshakes are made with new key material" in gateway.log


def test_an_authority_that_is_added_is_known_to_handshakes_within_a_second(tmp_path):
    with gateway_in(tmp_path, filled=False) as gateway:
        city = City(gateway)

        def answer():
            async def ask():
                async with city.channel(BIDDING, city.new) as channel:
                    return await code_of(channel, award(CODE).SerializeToString())

            return asyncio.run(ask())

        assert answer() == "UNAVAILABLE"
        city.trust(*city.roots)
        answers = []
        assert seconds_until(lambda: answers.append(answer()) or answers[-1] == "OK") < SECOND
        assert set(answers) <= {"UNAVAILABLE", "OK"}, "whom the handshake lets in, the call knows"
        city.trust(city.roots[0])
        assert seconds_until(lambda: answer() == "UNAVAILABLE") < SECOND
