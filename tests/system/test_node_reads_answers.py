"""Answers that no gateway gives, sent to the example for Node: it relies on none that an adapter would not.

What an adapter says of the same answer is the measure. ``test_node_caller`` has the real gateway.
"""

from __future__ import annotations

import json
import shlex
import socket
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from google.rpc.error_details_pb2 import ErrorInfo
from jointsanctions.v1 import common_pb2, credit_pb2
from readers_folder import CONTRACT, NODE, ROOT, ReadersFolder, line_of, readers_folder
from unit.test_adapters_peer import BLOCK, REVIEW, Refusal, code, running

from adapters.answers import Received, head_of, read_answer
from adapters.questions import Applicant, Party

pytestmark = pytest.mark.xdist_group("node-peer")

ASKER = Path(__file__).with_name("ask_each.mjs")
LARGEST = 2**63 - 1
NOTICE = common_pb2.Measure(rule_id="A-30/TR1", effect=common_pb2.EFFECT_NOTICE)
OURS = {"reason": "CALLER_UNKNOWN", "domain": "joint-sanctions-gateway", "metadata": {"identity": "x"}}
ASKED = credit_pb2.CheckEligibilityRequest(
    question=credit_pb2.Question(area=common_pb2.AREA_BIDDING, officer="li.wei"),
    enterprise=common_pb2.EnterpriseRef(uscc=code(1)),
    consortium_members=[common_pb2.EnterpriseRef(uscc=code(2))],
)
APPLICANT = Applicant(Party(code(1)), members=(Party(code(2)),))


def decision(**fields):
    """Return a twist that sets fields of the decision."""

    def twist(answer):
        for name, value in fields.items():
            answer.decision.ClearField(name)
            part = credit_pb2.Decision(**{name: value})
            answer.decision.MergeFrom(part)
        return answer

    return twist


def verdict(number, *measures):
    """Return a twist to a verdict by its number, which may be one that there is not, with these measures."""

    def twist(answer):
        answer.decision.verdict = number
        answer.decision.measures.extend(measures)
        return answer

    return twist


def without(path):
    """Return a twist that takes one field away."""

    def twist(answer):
        *folders, name = path.split(".")
        message = answer
        for folder in folders:
            message = getattr(message, folder)
        message.ClearField(name)
        return answer

    return twist


def shifted(path, by):
    """Return a twist that moves one instant to so far from now."""

    def twist(answer):
        message, name = path.split(".")
        getattr(getattr(answer, message), name).FromDatetime(datetime.now(UTC) + by)
        return answer

    return twist


def outlook(answer):
    answer.basis.preview = True
    return answer


def short_leaf(answer):
    answer.audit_position.leaf_hash = b"x"
    return answer


MINUTES = timedelta(minutes=1)
UNKNOWN_EFFECT = common_pb2.Measure(rule_id="A-30/TR1", effect=77)
UNSET_EFFECT = common_pb2.Measure(rule_id="A-30/TR1")
TWISTS = {
    "a clear answer": (lambda answer: answer, ""),
    "a notice": (verdict(common_pb2.VERDICT_CLEAR, NOTICE), ""),
    "a review": (verdict(common_pb2.VERDICT_CONDITIONAL, REVIEW), ""),
    "a block": (verdict(common_pb2.VERDICT_RESTRICTED, BLOCK), ""),
    "nothing could be said": (verdict(common_pb2.VERDICT_UNVERIFIABLE), ""),
    "a verdict that has no name": (verdict(9), "INCOHERENT"),
    "a verdict left at zero": (verdict(0), "INCOHERENT"),
    "an effect that has no name": (verdict(common_pb2.VERDICT_CLEAR, UNKNOWN_EFFECT), "INCOHERENT"),
    "an effect left at zero": (verdict(common_pb2.VERDICT_CLEAR, UNSET_EFFECT), "INCOHERENT"),
    "clear in spite of a block": (verdict(common_pb2.VERDICT_CLEAR, BLOCK), "INCOHERENT"),
    "clear in spite of a review": (verdict(common_pb2.VERDICT_CLEAR, NOTICE, REVIEW), "INCOHERENT"),
    "conditional in spite of a block": (verdict(common_pb2.VERDICT_CONDITIONAL, REVIEW, BLOCK), "INCOHERENT"),
    "conditional on nothing": (verdict(common_pb2.VERDICT_CONDITIONAL, NOTICE), "INCOHERENT"),
    "another enterprise": (decision(enterprise=common_pb2.IdentifiedEnterprise(uscc=code(3))), "OTHER_PARTY"),
    "no enterprise": (without("decision.enterprise"), "OTHER_PARTY"),
    "a member left out": (decision(other_parties=[]), "OTHER_PARTY"),
    "a member too many": (
        decision(other_parties=[common_pb2.IdentifiedEnterprise(uscc=code(number)) for number in (2, 3)]),
        "OTHER_PARTY",
    ),
    "no decision": (without("decision"), "OTHER_PARTY"),
    "no position": (without("audit_position"), "NOT_RECORDED"),
    "no writer": (without("audit_position.writer"), "NOT_RECORDED"),
    "a leaf cut short": (short_leaf, "NOT_RECORDED"),
    "an outlook": (outlook, "NOT_PRESENT"),
    "no basis": (without("basis"), "NOT_PRESENT"),
    "no moment": (without("basis.as_of"), "NOT_PRESENT"),
    "a moment that has passed": (shifted("basis.as_of", -4 * MINUTES), "NOT_PRESENT"),
    "a moment ahead": (shifted("basis.as_of", 4 * MINUTES), "NOT_PRESENT"),
    "an answer that holds no longer": (shifted("decision.valid_until", -MINUTES), "EXPIRED"),
    "an answer that does not say until when": (without("decision.valid_until"), "EXPIRED"),
}
REFUSALS = {
    "the gateway's word": ([ErrorInfo(**OURS)], "CALLER_UNKNOWN", {"identity": "x"}),
    "nobody's word": ([], "NO_ANSWER", {}),
    "another's word": ([ErrorInfo(**{**OURS, "domain": "a proxy"})], "NO_ANSWER", {}),
    "two words": ([ErrorInfo(**OURS), ErrorInfo(**OURS)], "NO_ANSWER", {}),
    "a word without a reason": ([ErrorInfo(domain="joint-sanctions-gateway")], "NO_ANSWER", {}),
}


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    """A peer that says the twist that the case number names, and what calls it with."""
    with running(tmp_path_factory.mktemp("peer")) as (peer, settings):
        peer.clock.now = datetime.now(UTC)
        peer.twisted = {}

        def twist(answer):
            answer.audit_position.number = LARGEST
            name = peer.requests[-1].question.case_ref
            peer.twisted[name] = TWISTS[name][0](answer) if name in TWISTS else answer
            return peer.twisted[name]

        peer.twist = twist
        yield peer, settings


@pytest.fixture(scope="module")
def reader(peer, tmp_path_factory):
    port = int(peer[1].target.split(":")[1])
    made = readers_folder(tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("var"), port)
    installed = made.type(line_of("npm "))
    assert installed.returncode == 0, installed.stderr
    return made


def files_of(settings):
    return {"ca": settings.ca_file, "certificate": settings.certificate_file, "key": settings.key_file}


def ask_each(reader, settings, cases):
    """Ask one question a case number in one process; return what became of each."""
    given = {"contract": ROOT / CONTRACT, "address": f"localhost:{reader.port}", **files_of(settings)}
    request = json_format.MessageToDict(ASKED, preserving_proto_field_name=True)
    given = json.dumps({**{name: str(value) for name, value in given.items()}, "request": request})
    command = ["node", ASKER, reader.folder / NODE, given, *cases]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return dict(zip(cases, map(json.loads, ended.stdout.splitlines()), strict=True))


@pytest.fixture(scope="module")
def seen(reader, peer):
    return ask_each(reader, peer[1], list(TWISTS))


@pytest.mark.parametrize("name", TWISTS)
def test_node_relies_on_no_answer_that_an_adapter_would_not(seen, peer, name):
    answer = peer[0].twisted[name]
    received = Received(answer.decision, head_of(answer), b"")
    adapters = read_answer(APPLICANT, received, datetime.now(UTC)).fault

    assert seen[name]["fault"] == adapters == TWISTS[name][1]


def test_an_integer_of_64_bits_is_not_rounded(seen):
    assert seen["a clear answer"]["number"] == str(LARGEST)


def test_only_the_gateways_own_word_is_a_reason(reader, peer):
    peer[0].refusals = [
        Refusal(grpc.StatusCode.PERMISSION_DENIED, "x", details=details) for details, _, _ in REFUSALS.values()
    ]
    told = ask_each(reader, peer[1], list(REFUSALS))

    for name, (_, reason, metadata) in REFUSALS.items():
        assert (told[name]["code"], told[name]["reason"]) == ("PERMISSION_DENIED", reason), name
        assert told[name]["metadata"] == metadata, name


def check_of(settings, name):
    """Return the page's command with what calls the peer, for the answer of that name."""
    request = credit_pb2.CheckEligibilityRequest()
    request.CopyFrom(ASKED)
    request.question.case_ref = name
    given = {
        "--ca": str(settings.ca_file),
        "--cert": str(settings.certificate_file),
        "--key": str(settings.key_file),
        "--data": json_format.MessageToJson(request, preserving_proto_field_name=True),
    }
    words = shlex.split(line_of("node docs/examples/node/check.mjs"))
    for option, value in given.items():
        words[words.index(option) + 1] = value
    return shlex.join(words)


def test_no_proxy_of_the_environment_comes_in_between(reader, peer):
    nowhere = "grpc_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9"
    ended = reader.type(f"no_proxy= {nowhere} {check_of(peer[1], 'a clear answer')}")

    assert ended.returncode == 0, ended.stderr


def test_a_peer_that_speaks_no_tls_1_3_is_not_spoken_to(reader, peer):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    folder = peer[1].ca_file.parent
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with ThreadPoolExecutor(1) as pool, socket.create_server(("127.0.0.1", 0)) as server:
        old = ReadersFolder(reader.folder, server.getsockname()[1])
        tried = pool.submit(handshake, context, server)
        ended = old.type(check_of(peer[1], "a clear answer"))

        assert tried.result(timeout=20) == "UNSUPPORTED_PROTOCOL"
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "UNAVAILABLE NO_ANSWER" in ended.stderr


def handshake(context, server):
    """Take one connection; return why its handshake failed, empty where it did not."""
    connection, _ = server.accept()
    with connection:
        try:
            context.wrap_socket(connection, server_side=True).close()
        except ssl.SSLError as error:
            return error.reason
    return ""


@pytest.mark.parametrize(("name", "expected"), [("a verdict that has no name", 1), ("nothing could be said", 5)])
def test_the_command_ends_with_what_the_answer_is_worth(reader, peer, name, expected):
    ended = reader.type(check_of(peer[1], name))

    assert ended.returncode == expected, ended.stderr
    assert ended.stderr == ("check: the answer may not be relied upon: INCOHERENT\n" if expected == 1 else "")
