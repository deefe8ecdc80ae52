"""A gateway to test against: real processes, real certificates, a real store, and the sample city in it.

``gateway_in`` starts one in a folder of its own; the fixtures over it are in ``conftest``. What a caller sends goes
over mutual TLS either through the client that adapters use (``Served.callers``) or as raw bytes (``Served.raw``), and
what was recorded is read from the queue without a lock (``Served.entries``).
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.rpc import error_details_pb2, status_pb2
from jointsanctions.v1 import common_pb2, credit_pb2
from sqlalchemy import func, select

from formats.civil import SHANGHAI
from gateway.bootstrap.config import Config, load_config
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli.local_city import SEED, Callers, Place, fill, prepare, sample_city, serving
from gateway.sample.invention import enterprise_name, uscc
from gateway.sample.records import Party
from gateway.security.pki import issue_client
from gateway.storage import tables
from gateway.storage.audit_reader import read_entries
from gateway.storage.engine import reading

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from gateway.domain.audit import Entry
    from gateway.sample.city import City
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

CONFIG = Path(__file__).parents[2] / "config"
EDGE = '\n[edge]\nfolder = "edge"\n'
THROUGH_EDGE = os.environ.get("JSG_TEST_EDGE") == "1"
"""Every gateway of a process of its own is served through the edge, as `make test-edge` asks for."""
BIDDING = "public-resources-trading.asking-system"
HRSS = "hrss.producer"
REGISTRAR = "market-regulation.producer"
AUDITOR = "audit-bureau.auditor"
TOURISM = "tourism.asking-system"
FINANCE = "finance.asking-system"
STRANGER = "stranger.asking-system"
"""A genuine certificate of the city's authority for an agency that the gateway does not know."""
WRITER = "gw1-0"
CHECK = "/jointsanctions.v1.CreditService/CheckEligibility"
BATCH = "/jointsanctions.v1.CreditService/BatchCheckEligibility"
RECORD = "/jointsanctions.v1.CreditService/GetCreditRecord"
SUBMIT = "/jointsanctions.v1.RegistryService/SubmitRecords"
CONFIRM = "/jointsanctions.v1.RegistryService/ConfirmCurrent"
SEARCH = "/jointsanctions.v1.AuditService/SearchAccess"
_numbers = itertools.count(500_000)
"""Numbers of invented enterprises far from those of the sample city and of its registers."""


@dataclass(frozen=True)
class Outcome:
    """What came back of one call: its status, its ErrorInfos and trailers, and the answer's bytes."""

    code: grpc.StatusCode
    details: str
    infos: tuple[error_details_pb2.ErrorInfo, ...]
    trailers: tuple[tuple[str, bytes], ...]
    answer: bytes

    @property
    def ok(self) -> bool:
        """An answer was given."""
        return self.code is grpc.StatusCode.OK

    @property
    def reason(self) -> str:
        """Reason of the only ErrorInfo."""
        (info,) = self.infos
        return info.reason

    @property
    def field(self) -> str:
        """Field that the only ErrorInfo names; empty when it names none."""
        (info,) = self.infos
        return info.metadata.get("field", "")

    def text(self) -> str:
        """All that a caller can read of a refusal."""
        return f"{self.details} {[str(info) for info in self.infos]} {self.trailers}"


@dataclass
class Served:
    """One running gateway.

    ``place`` holds its folders, ``port`` where it listens on 127.0.0.1, ``callers`` channels of its callers
    (``callers.as_caller(BIDDING).check(...)``), ``city`` the sample city that is in its store, made on ``made_on``, and
    ``process`` the process that was started (the supervisor, when there are several workers).
    """

    config: Config
    place: Place
    port: int
    process: subprocess.Popen[bytes]
    callers: Callers
    city: City
    made_on: date

    @property
    def log(self) -> str:
        """What the server logged so far."""
        return (self.place.state / "gateway.log").read_text(encoding="utf-8")

    @cached_property
    def _channels(self) -> dict[str, grpc.Channel]:
        return {}

    def channel(self, who: str = BIDDING) -> grpc.Channel:
        """Return the plain channel of *who*, without retries."""
        if who not in self._channels:
            self._channels[who] = self.new_channel(who)
        return self._channels[who]

    def new_channel(
        self, who: str = BIDDING, port: int | None = None, more: Sequence[tuple[str, int]] = ()
    ) -> grpc.Channel:
        """Return a channel with a connection of its own, with *more* options of gRPC; the caller closes it."""
        options = [
            ("grpc.ssl_target_name_override", "localhost"),
            ("grpc.enable_retries", 0),
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.max_receive_message_length", -1),
            *more,
        ]
        return grpc.secure_channel(f"127.0.0.1:{port or self.port}", self.credentials(who), options)

    def credentials(self, who: str) -> grpc.ChannelCredentials:
        """Return the credentials of *who* (``agency.role``); a certificate is issued when there is none yet."""
        pki = self.place.state / "pki"
        if not (pki / "clients" / f"{who}.pem").exists():
            agency, role = who.split(".")
            issue_client(pki, agency, role, None, 90, datetime.now(UTC))
        pair = ((pki / "clients" / f"{who}.{kind}").read_bytes() for kind in ("key", "pem"))
        return grpc.ssl_channel_credentials((pki / "ca-bundle.pem").read_bytes(), *pair)

    def raw(self, path: str, content: bytes, who: str = BIDDING) -> Outcome:
        """Send bytes as they are to a unary method, and return what came back."""
        return outcome_of(self.channel(who).unary_unary(path, None, None), content)

    def send(self, path: str, message: Any, who: str = BIDDING) -> Outcome:
        """Send a message to a unary method."""
        return self.raw(path, message.SerializeToString(), who)

    def raw_stream(self, path: str, contents: list[bytes], who: str = HRSS) -> Outcome:
        """Send bytes as they are to a client-stream method."""
        return outcome_of(self.channel(who).stream_unary(path, None, None), iter(contents))

    @cached_property
    def _engine(self) -> Engine:
        return store_engine(self.config.settings)

    @cached_property
    def _queues(self) -> FolderPlace | DatabasePlace:
        return audit_place(self.config.settings, self._engine)

    def entries(self, start: int = 0, writer: str = WRITER) -> list[Entry]:
        """Return every entry recorded so far from number *start* on, with batch lines."""
        readers = self._queues.readers()
        return read_entries(readers[writer], writer, start, 1_000_000, with_lines=True) if writer in readers else []

    def next_number(self, writer: str = WRITER) -> int:
        """Return the number that the writer's next entry will have; 0 for one that never wrote."""
        return self._queues.next_numbers().get(writer, 0)

    def entry(self, position: common_pb2.AuditPosition) -> Entry:
        """Return the entry at the position that an answer gave."""
        return self.entries(position.number, position.writer)[0]

    def recorded_by(self, path: str, content: bytes, who: str = BIDDING) -> tuple[Outcome, dict[str, Any]]:
        """Send bytes, and return what came back and the body of the one entry that this call has made."""
        before = self.next_number()
        outcome = self.raw(path, content, who)
        (entry,) = self.entries(before)
        return outcome, body_of(entry)

    def healthy(self) -> bool:
        """The server is there and answers a listed enterprise as it should."""
        answer = self.callers.as_caller(BIDDING).check(award(self.city.example("listed").uscc))
        return self.process.poll() is None and answer.decision.verdict == common_pb2.VERDICT_RESTRICTED

    def close(self) -> None:
        """Close every channel."""
        self.callers.close()
        self._queues.close()
        self._engine.dispose()
        for channel in self._channels.values():
            channel.close()


@contextmanager
def gateway_in(
    folder: Path,
    *,
    changes: Mapping[str, str] | None = None,
    url: str = "",
    workers: int = 1,
    filled: bool = True,
    serve: Callable[..., AbstractContextManager[tuple[int, Any]]] = serving,
    edge: bool = False,
) -> Iterator[Served]:
    """Serve a gateway whose folders lie in *folder*, and drain it at the end.

    Args:
        folder: Empty folder, or that of an earlier call: then the same state is served again.
        changes: Replacements in ``gateway.toml``, each of which must be found there.
        url: Address of a PostgreSQL database for the store; SQLite without.
        workers: Serving processes on the port.
        filled: The sample city is submitted, and the feeds are confirmed.
        serve: What starts the process, with the arguments of ``local_city.serving``.
        edge: A proxy ends TLS before it.
    """
    place = prepared(folder, changes or {}, url, edge=edge)
    if THROUGH_EDGE and serve is serving:
        _put_behind_edge(place.config / "gateway.toml")
    config = load_config(place.config)
    log = place.state / "gateway.log"
    begin = log.stat().st_size if log.exists() else 0
    with serve(place, "127.0.0.1:0", workers) as (port, process):
        while log.read_bytes()[begin:].count(b'"event": "serving"') < workers:
            assert process.poll() is None, "a worker did not start"
        callers = Callers(place, port)
        city, made_on = sample_city(place)
        served = Served(config, place, port, process, callers, city, made_on)
        if filled:
            fill(callers, city, made_on)
            newest = max(json.loads(entry.body)["revisions"][1] for entry in _submissions(served))
            award_known(served, newest)
        try:
            yield served
        finally:
            served.close()


def prepared(folder: Path, changes: Mapping[str, str], url: str = "", *, edge: bool = False) -> Place:
    """Make configuration, certificates and tables in *folder*, where they are missing; with *edge*, behind one."""
    if not (folder / "config").exists():
        shutil.copytree(CONFIG, folder / "config")
        file = folder / "config" / "gateway.toml"
        text = file.read_text(encoding="utf-8")
        if url:
            (folder / "url").write_text(url, encoding="utf-8")
            changes = {**changes, 'kind = "sqlite"': f'kind = "postgresql"\nurl_file = "{folder / "url"}"'}
        # A test looks at each refusal; how they are counted has its own (fault/test_refusals_counted.py).
        changes = {"refusals_in_full = 1 ": "refusals_in_full = 1000000 ", **changes}
        for old, new in changes.items():
            assert old in text, f"gateway.toml has no {old!r}"
            text = text.replace(old, new)
        file.write_text(text + EDGE * edge, encoding="utf-8")
    config = prepare(folder / "config", None)
    return Place(folder / "config", config.settings.state)


def _put_behind_edge(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if "\n[edge]\n" not in text:
        # A test's own folder has too long a name for the sockets in it.
        folder = Path(_short_names().name) / str(next(_numbers))
        file.write_text(text + EDGE.replace('"edge"', f'"{folder}"'), encoding="utf-8")


@functools.cache
def _short_names() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that lasts as long as the tests do."""
    return tempfile.TemporaryDirectory(prefix="jsg-")


def award_known(served: Served, revision: int) -> None:
    """Wait until the server answers at *revision* or a later one."""
    request = award(served.city.example("listed").uscc)
    request.question.at_least_as_fresh = revision
    answer = served.callers.as_caller(BIDDING).check(request)
    assert not answer.decision.unverifiable_because, answer.decision.unverifiable_because


def _submissions(served: Served) -> list[Entry]:
    writers = [f"gw1-{number}" for number in range(4)]
    found = [entry for writer in writers for entry in served.entries(writer=writer)]
    return [entry for entry in found if "revisions" in json.loads(entry.body)]


def outcome_of(call: Any, sent: Any, timeout: float = 20.0) -> Outcome:
    """Make a call of a plain channel and return what came back."""
    try:
        answer = call(sent, timeout=timeout)
    except grpc.RpcError as error:
        trailers = tuple((entry.key, entry.value) for entry in error.trailing_metadata() or ())
        infos = []
        for key, value in trailers:
            if key == "grpc-status-details-bin":
                for detail in status_pb2.Status.FromString(value).details:
                    info = error_details_pb2.ErrorInfo()
                    assert detail.Unpack(info)
                    infos.append(info)
        return Outcome(error.code(), error.details() or "", tuple(infos), trailers, b"")
    return Outcome(grpc.StatusCode.OK, "", (), (), answer)


def body_of(entry: Entry) -> dict[str, Any]:
    """Return an entry's body as values."""
    return json.loads(entry.body)


def award(code: str, name: str = "", **parts: Any) -> credit_pb2.CheckEligibilityRequest:
    """Return a complete question at the award of a local tender; *parts* are fields of the question to replace."""
    request = credit_pb2.CheckEligibilityRequest(question=question(**parts))
    request.enterprise.uscc = code
    request.enterprise.name = name
    return request


def question(**parts: Any) -> credit_pb2.Question:
    """Return a complete question at the award of a local tender, with *parts* replaced."""
    facts = credit_pb2.BiddingFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=True,
        form=credit_pb2.PARTICIPATION_FORM_SINGLE,
        lot="1",
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
    whole = {
        "area": common_pb2.AREA_BIDDING,
        "decision_point": common_pb2.DECISION_POINT_BIDDING_AWARD,
        "case_ref": "JSGC-2026-17",
        "officer": "officer-7",
        "case_facts": credit_pb2.CaseFacts(bidding=facts),
    }
    return credit_pb2.Question(**{**whole, **parts})


def new_party() -> Party:
    """Return an invented enterprise of which there is no record yet."""
    number = next(_numbers)
    return Party(uscc(SEED, number), enterprise_name(SEED, number))


def today() -> date:
    """Return the civil date of the present."""
    return datetime.now(SHANGHAI).date()


@contextmanager
def held_up(gateway: Served) -> Iterator[None]:
    """Hold the lock of the queue's file, so that no entry can be committed; reading goes on."""
    file = gateway.place.state / "audit" / f"{WRITER}.sqlite"
    connection = sqlite3.connect(file, isolation_level=None, timeout=20)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def stored(gateway: Served) -> int:
    """Return how many simple records the store holds."""
    with reading(gateway._engine) as connection:
        return connection.execute(select(func.count()).select_from(tables.simple_record)).scalar_one()


def wait_until_stored(gateway: Served, call: Any, rows: int) -> None:
    """Wait, by asking again and again, until the facts are committed; the call must not be answered meanwhile."""
    while stored(gateway) < rows:
        assert not call.done()
