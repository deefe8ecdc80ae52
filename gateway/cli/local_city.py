"""The sample city on this machine: its state folder, its server process, its records.

For ``jsg up`` and ``jsg tour``. Everything is written as callers with certificates write it, over the wire.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2, record_pb2, registry_pb2

from adapters.client import ClientSettings, GatewayClient
from formats.civil import SHANGHAI, parse_date
from gateway.bootstrap.config import Config, StartError, load_config
from gateway.bootstrap.stores import upgrade_store
from gateway.cli.connection import officer_signer
from gateway.cli.local_edge import fronted
from gateway.sample.city import City, make_city
from gateway.security.pki import PkiError, init_authority, issue_client, issue_server
from gateway.security.renewal import renew
from gateway.settings.client_file import load_client
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gateway.settings.client_file import ClientFile

SEED: Final = 15333
CHUNK: Final = 500
CERTIFICATE_DAYS: Final = 90
RENEW_WITHIN: Final = timedelta(days=30)
START_SECONDS: Final = 60.0
LINES_SHOWN: Final = 8
"""Of the log of a gateway that does not serve."""
OFFICER: Final = "sample-city"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample city lives."""

    config: Path
    state: Path


def prepare(folder: Path, state: Path | None) -> Config:
    """Make what is missing of the state folder: certificates, keys, tables. What is near its end is renewed.

    Args:
        folder: Configuration folder.
        state: State folder instead of the one that the configuration names; None for that one.

    Raises:
        StartError: Certificates are missing or near their end and cannot be made; the message names the file.
    """
    config = load_config(folder, state)
    pki = config.settings.state / "pki"
    now = datetime.now(UTC)
    try:
        if not (pki / "ca-bundle.pem").exists():
            init_authority(pki, config.settings.trust_domain, now)
        if not (pki / "server.pem").exists():
            issue_server(pki, ["localhost", "127.0.0.1"], CERTIFICATE_DAYS, now)
        for agency in config.agencies:
            if not (pki / "clients" / f"{agency.agency_id}.{agency.role.value}.pem").exists():
                issue_client(pki, agency.agency_id, agency.role.value, None, CERTIFICATE_DAYS, now)
    except PkiError as error:
        raise StartError(str(error)) from error
    renew_certificates(config.settings.state)
    upgrade_store(config.settings)
    return config


def renew_certificates(state: Path) -> bool:
    """Renew what is near its end, and return whether anything was; what another authority issued is left alone.

    Raises:
        StartError: Something is due and cannot be renewed.
    """
    try:
        return bool(renew(state / "pki", RENEW_WITHIN, CERTIFICATE_DAYS, datetime.now(UTC)).renewed)
    except PkiError as error:
        raise StartError(str(error)) from error


@contextmanager
def serving(place: Place, listen: str, workers: int = 1) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve in a process of its own, and drain it at the end; yields its port, or the edge's, and the process.

    Its log goes to ``gateway.log`` in the state folder.

    Raises:
        StartError: It ended, or did not serve within a minute; the message has the last of what it logged.
    """
    log = place.state / "gateway.log"
    begin = log.stat().st_size if log.exists() else 0
    edge = load_gateway(place.config / "gateway.toml", place.state).edge
    own = ["serve", "--workers", str(workers), *([] if edge else ["--listen", listen])]
    with log.open("ab") as sink, ExitStack() as stack:
        process = subprocess.Popen([*_jsg(place), *own], stderr=sink)  # noqa: S603 - our own program
        try:
            port = _port(process, log, begin, workers)
            if edge is not None:
                port = stack.enter_context(fronted(_jsg(place), place.state, listen, workers))
            yield port, process
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


def _jsg(place: Place) -> list[str]:
    return [sys.executable, "-P", "-m", "gateway", "--config", str(place.config), "--state", str(place.state)]


def _port(process: subprocess.Popen[bytes], log: Path, begin: int, workers: int) -> int:
    """Return the port once every worker says in the log that it serves."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        lines = [line for line in log.read_bytes()[begin:].splitlines() if line[:1] + line[-1:] == b"{}"]
        serving_lines = [said for said in map(json.loads, lines) if said.get("event") == "serving"]
        if len(serving_lines) >= workers:
            return int(serving_lines[0]["port"])
        time.sleep(0.05)
    how = "did not serve within a minute" if process.poll() is None else f"ended with {process.returncode}"
    said = log.read_bytes()[begin:].decode(errors="replace").splitlines()[-LINES_SHOWN:]
    raise StartError("\n".join([f"the gateway {how}; the end of {log}:", *said]))


class Callers:
    """Channels to one gateway, one for each caller."""

    def __init__(self, place: Place, port: int) -> None:
        self.file: ClientFile = load_client(place.config / "client.toml", place.state)
        self._port = port
        self._open: dict[str, GatewayClient] = {}

    def as_caller(self, who: str) -> GatewayClient:
        """Return the channel of *who* (``agency.role``)."""
        if who not in self._open:
            self._open[who] = GatewayClient(
                ClientSettings(
                    target=f"127.0.0.1:{self._port}",
                    ca_file=self.file.ca_bundle,
                    certificate_file=self.file.certificates / f"{who}.pem",
                    key_file=self.file.certificates / f"{who}.key",
                    server_name=self.file.server_name,
                    deadline_seconds=self.file.deadline_seconds,
                    officers=officer_signer(self.file, who),
                )
            )
        return self._open[who]

    def confirm_feeds(self) -> int:
        """Say for every producer that its feed is complete up to now; return the data revision that holds it."""
        revision = 0
        for feed, who in self.file.feeds.items():
            request = registry_pb2.ConfirmCurrentRequest(request_id=str(uuid.uuid4()), feed=feed, officer=OFFICER)
            request.current_until.FromDatetime(datetime.now(UTC))
            revision = self.as_caller(who).confirm_current(request).data_revision
        return revision

    def close(self) -> None:
        """Close every channel; who is asked for again gets a new one, with the certificate that lies there then."""
        for client in self._open.values():
            client.close()
        self._open.clear()


def sample_city(place: Place) -> tuple[City, date]:
    """Return the sample city of this state folder and the day around which it was made: the same while it lives."""
    marker = place.state / "sample.json"
    if marker.exists():
        made_on = parse_date(json.loads(marker.read_text(encoding="utf-8"))["made_on"])
    else:
        made_on = datetime.now(SHANGHAI).date()
        marker.write_text(json.dumps({"seed": SEED, "made_on": made_on.isoformat()}), encoding="utf-8")
    return make_city(SEED, made_on), made_on


def fill(callers: Callers, city: City, made_on: date) -> int:
    """Submit the city's records, each feed as its producer, and confirm the feeds; return how many rows were new.

    Raises:
        StartError: A row of the sample was rejected: the sample is at fault.
    """
    stored = 0
    for feed, records in city.records.items():
        if not records:
            continue
        answer = callers.as_caller(callers.file.feeds[feed]).submit(iter(_chunks(feed, records, made_on)))
        if answer.rejected:
            fault = next(row for row in answer.rows if row.status == registry_pb2.ROW_STATUS_REJECTED)
            raise StartError(f"sample row {fault.row} of {feed}: {fault.field}: {fault.why.en}")
        stored += answer.stored + answer.held
    _wait_until_served(callers, callers.confirm_feeds(), city)
    return stored


def _wait_until_served(callers: Callers, revision: int, city: City) -> None:
    """Ask once with the revision that must be served: the gateway answers when it has reached it."""
    request = credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=city.examples[0].uscc))
    request.question.area = common_pb2.AREA_AWARDS
    request.question.decision_point = common_pb2.DECISION_POINT_AWARDS_NOMINATION
    request.question.case_ref = request.question.officer = OFFICER
    request.question.at_least_as_fresh = revision
    answer = callers.as_caller(callers.file.records_reader).check(request)
    if answer.decision.unverifiable_because:
        raise StartError(f"the sample is not served: {answer.decision.unverifiable_because[0]}")


def _chunks(feed: str, records: Sequence[record_pb2.Record], made_on: date) -> list[registry_pb2.SubmitRecordsRequest]:
    # A later version has other sample records: they are another submission, which corrects those of the earlier one.
    content = hashlib.sha256()
    for record in records:
        content.update(record.SerializeToString(deterministic=True))
    request_id = f"sample-{feed}-{made_on.isoformat()}-{content.hexdigest()[:16]}"
    return [
        registry_pb2.SubmitRecordsRequest(
            request_id=request_id,
            feed=feed,
            records=records[start : start + CHUNK],
            officer=OFFICER,
            last=start + CHUNK >= len(records),
        )
        for start in range(0, len(records), CHUNK)
    ]
