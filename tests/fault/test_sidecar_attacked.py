"""What is sent to a side-car to get around it: it answers with a problem, serves on, and asks nothing."""

from __future__ import annotations

import json
import socket
import ssl
from datetime import UTC, datetime

import pytest
from e2e.sidecars import about, client_context, question, sidecar_of

from gateway.security.pki import init_authority, issue_client

pytest_plugins = ("e2e.fixtures",)
pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture(scope="module")
def sidecar(served, tmp_path_factory):
    with sidecar_of(served.place, tmp_path_factory.mktemp("attacked"), served.port) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(served, tmp_path_factory):
    with sidecar_of(served.place, tmp_path_factory.mktemp("guarded"), served.port, tls=True) as running:
        yield running


def asked(sidecar):
    """Return how many questions the journal has; each is one that was sent."""
    number = 1
    while sidecar.get(f"/v1/checks/{number}").status == 200:
        number += 1
    return number - 1


def refused_by(sidecar, context):
    try:
        with (
            socket.create_connection(("127.0.0.1", sidecar.port)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.sendall(b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return secured.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def test_who_has_no_certificate_is_not_answered(served, guarded):
    assert refused_by(guarded, client_context(served.place, None))
    assert guarded.get("/v1/health").status == 200


def test_a_certificate_of_another_authority_is_not_answered(served, guarded, tmp_path):
    now = datetime.now(UTC)
    init_authority(tmp_path, "shiyan.example", now)
    issue_client(tmp_path, "public-resources-trading", "asking-system", None, 1, now)
    context = client_context(served.place, None)
    own = tmp_path / "clients" / "public-resources-trading.asking-system"
    context.load_cert_chain(f"{own}.pem", f"{own}.key")

    assert refused_by(guarded, context)


def test_nothing_below_tls_13_is_spoken(served, guarded):
    context = client_context(served.place)
    assert not refused_by(guarded, context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert refused_by(guarded, context)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_a_page_that_points_its_own_name_at_the_loopback_is_refused(sidecar, host):
    said = sidecar.get("/v1/health", headers={"host": host})

    assert (said.status, said.reason) == (421, "WRONG_HOST")
    assert not any(name.startswith("access-control") for name in said.headers)


GOOD = json.dumps({"question": question(case="T-1"), "enterprise": {"uscc": "91420399MA00K2U7XJ"}})


@pytest.mark.parametrize(
    ("raw", "status", "reason"),
    [
        (
            GOOD.replace('"enterprise"', '"enterprise": {"uscc": "91420399MA00K2UN08"}, "enterprise"', 1),
            400,
            "NOT_JSON",
        ),
        (GOOD.replace("true", "NaN", 1), 400, "NOT_JSON"),
        (GOOD[:-1], 400, "NOT_JSON"),
        ("[" * 100_000, 400, "NOT_JSON"),
        ('{"question": ' + '{"a": ' * 40 + "1" + "}" * 41, 400, "NOT_JSON"),
        (GOOD.replace("true", '"true"', 1), 422, "MALFORMED_REQUEST"),
        (GOOD.replace('"question"', '"frage"', 1), 422, "MALFORMED_REQUEST"),
        (GOOD.replace("li.wei", "li\\u0000wei", 1), 422, "MALFORMED_REQUEST"),
        (GOOD.replace("li.wei", "\\ud800", 1), 422, "MALFORMED_REQUEST"),
        (GOOD.replace("T-1", "T 1", 1), 422, "MALFORMED_REQUEST"),
        (GOOD.replace("T-1", "T-1\\n", 1), 422, "MALFORMED_REQUEST"),
        (GOOD.replace("AWARD", "UNSPECIFIED", 1), 422, "MALFORMED_REQUEST"),
        (
            GOOD.replace('"enterprise": {', '"enterprise": {"asOf": "2020-01-01T00:00:00Z", ', 1),
            422,
            "MALFORMED_REQUEST",
        ),
        ("[]", 422, "MALFORMED_REQUEST"),
        ("", 400, "NOT_JSON"),
    ],
)
def test_a_body_that_is_not_what_the_description_says_asks_nothing(sidecar, raw, status, reason):
    before = asked(sidecar)

    said = sidecar.post("/v1/checks", raw=raw.encode())

    assert (said.status, said.reason) == (status, reason)
    assert asked(sidecar) == before


def test_bytes_that_are_no_utf_8_and_other_media_types_are_refused(sidecar):
    assert sidecar.post("/v1/checks", raw=b'{"a": "\xff"}').reason == "NOT_JSON"
    for media in ("text/plain", "application/json; charset=gbk", ""):
        said = sidecar.post("/v1/checks", raw=GOOD.encode(), headers={"content-type": media})
        assert (said.status, said.reason) == (415, "UNSUPPORTED_MEDIA_TYPE")
    packed = sidecar.post("/v1/checks", raw=GOOD.encode(), headers={"content-encoding": "gzip"})
    assert packed.status == 415


def test_more_than_a_mebibyte_is_refused_before_it_is_read(sidecar):
    said = sidecar.post("/v1/checks", raw=b"[" + b" " * (1024 * 1024) + b"]")

    assert (said.status, said.reason) == (413, "TOO_LARGE")


def test_a_check_takes_no_idempotency_key_and_a_write_takes_none_without(served, sidecar):
    party = served.city.example("grade_a")
    assert sidecar.post("/v1/checks", about(party), key="k1").reason == "IDEMPOTENCY_KEY_NOT_HERE"
    assert sidecar.post("/v1/grants", about(party)).reason == "IDEMPOTENCY_KEY_MISSING"
    assert sidecar.post("/v1/grants", about(party), key="a b").reason == "IDEMPOTENCY_KEY_MALFORMED"


def test_methods_and_paths_that_are_not_there_are_told_apart(sidecar):
    said = sidecar.ask("DELETE", "/v1/checks/1")
    assert (said.status, said.reason, said.headers["allow"]) == (405, "METHOD_NOT_ALLOWED", "GET")
    for path in ("/", "/v1/checks/0", "/v1/checks/x", "/v1/checks/1/", "/V1/health", "/v1/../v1/health"):
        assert sidecar.get(path).status == 404, path
    assert sidecar.ask("OPTIONS", "/v1/checks").status == 405


def test_a_slow_body_holds_nobody_up_and_is_cut(served, sidecar):
    with socket.create_connection(("127.0.0.1", sidecar.port), timeout=30) as slow:
        lines = ("POST /v1/checks HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 100")
        slow.sendall("\r\n".join((*lines, "", "{")).encode())
        assert sidecar.post("/v1/checks", about(served.city.example("grade_a"))).status == 200
        assert slow.recv(16).startswith(b"HTTP/1.1 408")


def test_a_persons_number_is_refused_and_neither_kept_nor_shown(sidecar):
    number = "11010519491231002X"
    body = json.loads(GOOD)
    body["question"]["officer"] = number

    said = sidecar.post("/v1/checks", body)

    assert (said.status, said.json["field"]) == (422, "question.officer")
    assert number not in said.raw.decode()
    journal = b"".join(file.read_bytes() for file in sidecar.journal.parent.glob("bidding.sqlite*"))
    assert number.encode() not in journal
