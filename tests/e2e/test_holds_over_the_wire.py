"""A case is put on hold and released by two persons, each with its own certificate; HRSS sees it, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from e2e.referring import HRSS, POLICE, PRINCIPAL, PROCURATORATE, Party, parties, sent
from e2e.served import body_of, gateway_in
from jointsanctions.v1 import audit_pb2
from jointsanctions.v1 import referral_pb2 as pb

from gateway.cli.main import main
from gateway.security.pki import issue_client

CHEN = "hrss.producer.chen"
RETENTION = "/jointsanctions.v1.AuditService/ApplyRetention"
OPERATOR = "gateway-operations.operator"
WORD = {"document_number": "示检保〔2026〕2号", "reason": "在审案件证据"}


@pytest.fixture(scope="module")
def holding(tmp_path_factory):
    """The parties, a second person of HRSS, and a case that was sent."""
    with gateway_in(tmp_path_factory.mktemp("holding")) as served:
        found = parties(served)
        agency, role, holder = CHEN.split(".")
        issue_client(served.place.state / "pki", agency, role, holder, 90, datetime.now(UTC))
        found[CHEN] = Person(served, CHEN)
        referral_id, _ = sent(found)
        yield served, found, referral_id


class Person(Party):
    """A person of HRSS."""

    @property
    def agency(self):
        return "hrss"


def word(party, rpc, referral_id, hold_id, officer, **other):
    return party.served.send(
        f"/jointsanctions.v1.ReferralService/{rpc}",
        getattr(pb, f"{rpc}Request")(
            request_id=f"{rpc}{hold_id}{officer}",
            officer=officer,
            referral_id=referral_id,
            **{"hold_id": hold_id, **WORD, **other},
        ),
        party.who,
    )


def told(outcome, rpc):
    """Return how a hold stands, and where that is recorded."""
    assert outcome.ok, outcome.text()
    answer = getattr(pb, f"{rpc}Response").FromString(outcome.answer)
    return pb.HoldState.Name(answer.hold.state).removeprefix("HOLD_STATE_"), answer.audit_position


def on_hold(served):
    request = audit_pb2.ApplyRetentionRequest(request_id="r-1", officer="operator-1")
    outcome = served.send(RETENTION, request, OPERATOR)
    assert outcome.ok, outcome.text()
    return audit_pb2.ApplyRetentionResponse.FromString(outcome.answer).referrals_on_hold


def test_one_places_it_and_two_release_it_and_retention_counts_it_meanwhile(holding):
    served, found, case = holding
    assert on_hold(served) == 0
    state, position = told(word(found[HRSS], "HoldReferral", case, "H-1", "officer-1"), "HoldReferral")
    body = body_of(served.entry(position))
    assert (state, body["hold"]["state"], body["referral"]) == ("IN_FORCE", "IN_FORCE", case)
    assert not [said for said in WORD.values() if said in str(body)], "why, and by what, is sealed"
    assert on_hold(served) == 1

    nobody = word(found[HRSS], "ReleaseReferral", case, "H-1", "officer-1")
    assert nobody.reason == "SECOND_PERSON_REQUIRED"
    first = told(word(found[CHEN], "ReleaseReferral", case, "H-1", "officer-2"), "ReleaseReferral")
    assert first[0] == "RELEASE_ASKED"
    same = word(found[CHEN], "ReleaseReferral", case, "H-1", "officer-3")
    assert same.reason == "SECOND_PERSON_REQUIRED"
    assert on_hold(served) == 1
    second = told(word(found[PRINCIPAL], "ReleaseReferral", case, "H-1", "officer-4"), "ReleaseReferral")
    assert (second[0], on_hold(served)) == ("RELEASED", 0)
    assert word(found[CHEN], "ReleaseReferral", case, "H-1", "officer-5").reason == "STATE"


def test_hrss_is_shown_the_holds_of_its_case_and_no_other_party_is(holding):
    _, found, case = holding
    told(
        word(found[HRSS], "HoldReferral", case, "H-2", "officer-1", item_id="order", until="2099-12-31"), "HoldReferral"
    )
    (shown,) = [each for each in found[HRSS].call("GetReferral", referral_id=case).holds if each.hold_id == "H-2"]
    assert (shown.item_id, shown.until, shown.placed.officer) == ("order", "2099-12-31", "officer-1")
    assert not shown.HasField("asked")
    for who in (POLICE, PROCURATORATE):
        assert not found[who].call("GetReferral", referral_id=case).holds
        refused = word(found[who], "HoldReferral", case, "H-9", "officer-9")
        assert refused.reason == "ROLE_NOT_PERMITTED"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"hold_id": "a/b"}, "hold_id"),
        ({"item_id": "no-such-file"}, "item_id"),
        ({"item_id": "../x"}, "item_id"),
        ({"until": "2026-02-30"}, "until"),
        ({"until": "2020-01-01"}, "until"),
        ({"document_number": ""}, "document_number"),
        ({"reason": ""}, "reason"),
        ({"reason": "因" * 400}, "reason"),
    ],
)
def test_what_is_wrong_in_a_hold_is_named_by_its_field(holding, changed, field):
    _, found, case = holding
    request = {"officer": "officer-1", "referral_id": case, "hold_id": "H-3", **WORD, **changed}
    outcome = found[HRSS].served.send(
        "/jointsanctions.v1.ReferralService/HoldReferral",
        pb.HoldReferralRequest(request_id=f"wrong-{field}-{len(str(changed))}", **request),
        HRSS,
    )
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_holds_are_typed_and_printed(holding, capsys):
    served, _, case = holding

    def jsg(*words):
        where = ["--config", str(served.place.config), "--state", str(served.place.state)]
        capsys.readouterr()
        code = main([*where, "--address", f"127.0.0.1:{served.port}", *words])
        return code, capsys.readouterr().out

    by = ["--document", "保9号", "--reason", "复核"]
    code, said = jsg("referral", "hold", case, "H-7", "--until", "2099-12-31", "--officer", "officer-1", *by)
    assert (code, "IN FORCE" in said, "2099-12-31" in said) == (0, True, True)
    assert "referrals on hold: 1" in jsg("retention", "--officer", "operator-1")[1]
    for who, officer, state in ((CHEN, "officer-2", "RELEASE ASKED"), (PRINCIPAL, "officer-3", "RELEASED")):
        code, said = jsg("--as", who, "referral", "release", case, "H-7", "--officer", officer, *by)
        assert (code, state in said) == (0, True), said
    assert "H-7  已解除 RELEASED" in jsg("referral", "show", case)[1]
