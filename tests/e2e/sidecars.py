"""Side-cars to test against: real processes beside a real gateway, asked over real HTTP(S)."""

from __future__ import annotations

import http.client
import json
import ssl
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from gateway.security.crl import issue_crl

CONFIG = Path(__file__).parents[2] / "config"
CLIENT = "public-resources-trading.asking-system"


@dataclass
class Reply:
    """What came back of one request."""

    status: int
    headers: dict
    raw: bytes

    @property
    def json(self):
        return json.loads(self.raw)

    @property
    def reason(self):
        """Reason of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self.raw
        assert self.json["status"] == self.status
        assert self.json["type"] == f"urn:joint-sanctions-gateway:problem:{self.json['reason']}"
        return self.json["reason"]


@dataclass
class Running:
    """One running side-car: its process, port, journal, and how to reach it."""

    process: subprocess.Popen
    port: int
    journal: Path
    context: ssl.SSLContext | None = None
    host: str = field(default="127.0.0.1")

    def connection(self, context=None):
        context = context or self.context
        if context is None:
            return http.client.HTTPConnection(self.host, self.port, timeout=30)
        return http.client.HTTPSConnection("localhost", self.port, timeout=30, context=context)

    def ask(self, method, path, body=None, headers=None, raw=None):
        """Send one request and return what came back."""
        content = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        sent = {"content-type": "application/json"} if content is not None else {}
        connection = self.connection()
        try:
            connection.request(method, path, content, {**sent, **(headers or {})})
            said = connection.getresponse()
            return Reply(said.status, {k.lower(): v for k, v in said.getheaders()}, said.read())
        finally:
            connection.close()

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def post(self, path, body=None, key=None, **how):
        headers = {**({"idempotency-key": key} if key else {}), **how.pop("headers", {})}
        return self.ask("POST", path, body, headers, **how)


def configured(folder, target, changes=None, area="bidding"):
    """Write settings into *folder* for a gateway at *target*; *changes* are replacements that must be found."""
    text = (CONFIG / f"adapter-{area}.toml").read_text(encoding="utf-8")
    journal = folder / f"{area}.sqlite"
    whole = {
        "127.0.0.1:50443": target,
        tomllib.loads(text)["listen"]["address"]: "127.0.0.1:0",
        f"side-car/{area}.sqlite": str(journal),
        **(changes or {}),
    }
    for old, new in whole.items():
        assert old in text, old
        text = text.replace(old, new)
    tomllib.loads(text)
    file = folder / f"adapter-{uuid4().hex}.toml"
    file.write_text(text, encoding="utf-8")
    return file, journal


def tls_of(place):
    """Return the replacement by which the side-car of a gateway's folder serves TLS with client certificates."""
    pki = place.state / "pki"
    lines = (
        'address = "127.0.0.1:0"',
        f'certificate = "{pki / "server.pem"}"',
        f'key = "{pki / "server.key"}"',
        f'client_authorities = "{pki / "issuing.pem"}"',
        f'client_revocations = "{issue_crl(pki, 7, datetime.now(UTC))}"',
    )
    return {'address = "127.0.0.1:0"': "\n".join(lines)}


def client_context(place, who=CLIENT):
    """Return what a client of that certificate connects with; None: it has none."""
    pki = place.state / "pki"
    context = ssl.create_default_context(cafile=pki / "ca-bundle.pem")
    if who is not None:
        context.load_cert_chain(pki / "clients" / f"{who}.pem", pki / "clients" / f"{who}.key")
    return context


@contextmanager
def sidecar_of(place, folder, port, *, changes=None, tls=False, before="", area="bidding"):
    """Run an area's side-car beside the gateway of *place* that serves on *port*; its files are in *folder*.

    *before* is a statement that runs in its process first, such as one that has it killed at a certain place.
    """
    whole = {**(tls_of(place) if tls else {}), **(changes or {})}
    file, journal = configured(folder, f"127.0.0.1:{port}", whole, area)
    log = folder / "side-car.log"
    with log.open("ab") as sink:
        begin = log.stat().st_size
        command = [
            "--config",
            str(place.config),
            "--state",
            str(place.state),
            "adapter",
            area,
            "--file",
            str(file),
        ]
        program = f"import sys; {before}\nfrom gateway.cli.main import main\nsys.exit(main({command!r}))"
        process = subprocess.Popen([sys.executable, "-P", "-c", program], stderr=sink, stdout=sink)
    try:
        yield Running(process, _port(process, log, begin), journal, client_context(place) if tls else None)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _port(process, log, begin):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_bytes()[begin:].splitlines():
            if line.startswith(b"{") and b'"event": "serving"' in line:
                return json.loads(line)["port"]
    raise AssertionError(log.read_text(encoding="utf-8"))


def question(point="AWARD", case=None, **facts):
    """Return a question of bidding with all facts."""
    whole = {
        "projectRegion": "420302",
        "mustBeTendered": True,
        "stateFunds": True,
        "form": "PARTICIPATION_FORM_SINGLE",
        "cutoffRule": "CUTOFF_RULE_NOT_FIXED",
    }
    return {
        "decisionPoint": f"DECISION_POINT_BIDDING_{point}",
        "caseRef": case or f"T-{uuid4().hex}",
        "officer": "li.wei",
        "caseFacts": {"bidding": {**whole, **facts}},
    }


def about(party, point="AWARD", case=None, **parts):
    """Return a request about one enterprise."""
    return {"question": question(point, case), "enterprise": {"uscc": party.uscc}, **parts}
