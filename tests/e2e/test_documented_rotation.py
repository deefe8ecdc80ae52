"""Every key is changed by the very lines that docs/operations.md tells, and nothing from before becomes unreadable."""

from __future__ import annotations

import json
import re
import shlex
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from drilled import Content, jsg, jsg_says, receipt_in
from e2e.referring import parties, sent
from e2e.served import gateway_in
from jointsanctions.v1 import common_pb2, credit_pb2

pytestmark = pytest.mark.usefixtures("capsys")
DOCUMENT = Path(__file__).parents[2] / "docs/operations.md"
OFFICE = "award-office.asking-system"


def documented():
    """Return the commands of the section on keys: those for a gateway that serves, and those for a stopped one."""
    section = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8").split("\n## Keys\n", 1)[1], flags=re.MULTILINE)[0]
    found = [shlex.split(line)[2:] for line in section.splitlines() if line.startswith("$ ")]
    assert all(line.startswith("$ .venv/bin/jsg ") for line in section.splitlines() if line.startswith("$ "))
    stopped = [words for words in found if words[:2] == ["db", "go-on"]]
    return [words for words in found if words not in stopped], stopped


def here(gateway, words):
    """Return a documented command for this gateway: its state folder is not the repository's."""
    return [str(gateway.place.state / word.removeprefix("var/")) if word.startswith("var/") else word for word in words]


def serials(gateway):
    """Return the serial numbers of every certificate of a caller and of the one that is shown to whoever connects."""
    shown = ssl.get_server_certificate(("127.0.0.1", gateway.port)).encode()
    files = sorted((gateway.place.state / "pki" / "clients").glob("*.pem"))
    return {
        name: x509.load_pem_x509_certificate(pem).serial_number
        for name, pem in [("server", shown), *((file.name, file.read_bytes()) for file in files)]
    }


def nomination(gateway):
    """Return what the office whose key was lost is told, by the certificate that lies there now."""
    asked = credit_pb2.Question(
        area=common_pb2.AREA_AWARDS,
        decision_point=common_pb2.DECISION_POINT_AWARDS_NOMINATION,
        case_ref="JSG-1",
        officer="o",
    )
    request = credit_pb2.CheckEligibilityRequest(question=asked)
    request.enterprise.uscc = gateway.city.example("listed").uscc
    with gateway.new_channel(OFFICE) as channel:
        raw = channel.unary_unary("/jointsanctions.v1.CreditService/CheckEligibility")(
            request.SerializeToString(), timeout=30
        )
    return credit_pb2.CheckEligibilityResponse.FromString(raw).decision.verdict


def test_every_key_is_changed_as_documented_and_all_from_before_is_read(tmp_path, capsys):
    serving, stopped = documented()
    assert len(serving) == 10
    assert stopped == [["db", "go-on", "--new-key"]]
    with gateway_in(tmp_path / "g") as gateway:
        content = Content.put_in(gateway, tmp_path)
        old_half = tmp_path / "bulletin.vkey"
        old_half.write_text(jsg_says(gateway, capsys, "bulletin", "keys", "--add")[1])
        before, keys = serials(gateway), key_files(gateway)
        for words in serving:
            code, said = jsg_says(gateway, capsys, "--address", f"127.0.0.1:{gateway.port}", *here(gateway, words))
            assert code == 0, (words, said)
        while serials(gateway)["server"] == before["server"]:
            pass
        after = serials(gateway)
        assert {name for name in before if after[name] == before[name]} == set()
        assert nomination(gateway) == common_pb2.VERDICT_RESTRICTED
        assert {"persons.ring/2.sm4-gcm.key", "bulletin-2.key"} <= key_files(gateway) - keys
        code, said = jsg_says(gateway, capsys, "keys", "list", "--json")
        assert [key["texts"] > 0 for key in json.loads(said)["keys"]] == [False, True]
        content.is_there(gateway)
        sent(parties(gateway))
        # Whoever has only the old public half believes a bulletin of now.
        fetch = ("bulletin", "fetch", "--area", "bidding", "--keys", old_half, "--out", tmp_path / "bulletin")
        assert jsg(gateway, "--address", f"127.0.0.1:{gateway.port}", *fetch) == 0
    year = newest(gateway)
    for words in stopped:
        assert jsg(gateway, *here(gateway, words)) == 0
    with gateway_in(tmp_path / "g", filled=False) as gateway:
        assert newest(gateway) == f"{year}2"
        content.is_there(gateway)
        new = receipt_in(gateway, tmp_path / "new.json")
        vkeys = [word for file in (gateway.place.state / "log").glob("*/vkey") for word in ("--keys", file)]
        log = gateway.place.state / "log"
    assert jsg(gateway, "audit", "verify", *vkeys, content.receipt, new, log) == 0
    assert jsg(gateway, "audit", "fsck", "--receipt", content.receipt, "--receipt", new) == 0
    assert jsg(gateway, "audit", "page", new, "--out", tmp_path / "new.html") == 0
    assert jsg(gateway, "audit", "verify", *vkeys, tmp_path / "new.html") == 0
    # The old key signs no more: without the new one's public half a new receipt proves nothing.
    assert jsg(gateway, "audit", "verify", "--keys", log / year / "vkey", new) == 1


def key_files(gateway):
    folder = gateway.place.state / "keys"
    return {str(file.relative_to(folder)) for file in folder.rglob("*.key")}


def newest(gateway):
    return max(file.parent.name for file in (gateway.place.state / "log").glob("*/checkpoint"))
