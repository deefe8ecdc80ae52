"""The bulletin from the record to the adapter, over mutual TLS, and what happens while the gateway is away."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from e2e.served import BIDDING, HRSS, REGISTRAR, body_of, gateway_in, new_party, outcome_of, today
from jointsanctions.v1 import bulletin_pb2, common_pb2, credit_pb2, listing_pb2, registry_pb2

from adapters.acts import Act
from adapters.away import LegalNote, PointAway, ReservedGrant, WhenAway
from adapters.bidding import CANDIDATE_PUBLICITY, EVALUATION, bidding_rules
from adapters.bulletin import BulletinShelf, bulletin_source
from adapters.enforcement import Enforcement
from adapters.errors import GatewayError, NoAnswerError
from adapters.journal import Journal
from adapters.outcomes import report_outcomes
from adapters.pending import Consequence, make_pending, pending_results
from adapters.questions import Applicant, Case, Party
from adapters.reserving import clearance_or_reservation
from gateway.cli.local_city import Callers
from gateway.cli.main import main
from gateway.sample.records import act, listing, profile, published

pytestmark = pytest.mark.xdist_group("served")
GET = "/jointsanctions.v1.CreditService/GetBulletin"
BANK = "hanjiang-bank.bank"
NOTE = LegalNote("评审意见可撤销，补查后确定。", "An evaluation can be revoked; it is settled once the check is made.")
FACTS = credit_pb2.CaseFacts(
    bidding=credit_pb2.BiddingFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=False,
        form=credit_pb2.PARTICIPATION_FORM_SINGLE,
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
)
TOOL = Path(__file__).parents[2] / "tools/verify_bulletin.py"


def submit(served, feed, *records, who=HRSS):
    for row, record in enumerate(records, 1):
        record.row = row
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=f"bulletin-{records[0].uscc}-{feed}-{len(records)}",
        feed=feed,
        officer="o",
        records=records,
        last=True,
    )
    answer = served.callers.as_caller(who).submit(iter([sent]))
    assert answer.stored == len(records), answer


def listed_enterprise(served):
    """Return an enterprise with a published listing, and the listing's key."""
    party, decided = new_party(), today() - timedelta(days=400)
    submit(served, "market_regulation", profile(party, today() - timedelta(days=900)), who=REGISTRAR)
    key = f"{party.uscc}-L"
    submit(served, "wage_list", *listing(party, key, decided), published(party, key, decided))
    return party, key


def request(area=common_pb2.AREA_BIDDING, officer="o", purpose=""):
    return bulletin_pb2.GetBulletinRequest(area=area, officer=officer, purpose=purpose)


def parts_of(served, who=BIDDING, **asked):
    return list(served.callers.as_caller(who).bulletin(request(**asked)))


def source_of(served, area=common_pb2.AREA_BIDDING):
    """Return whose bulletins are taken, with the keys of the gateway as they lie in its own folder."""
    (first, *_) = parts_of(served)
    return bulletin_source(served.config.settings.name, area, first.keys)


def shelf_of(served, journal, folder):
    return BulletinShelf(folder / "bidding.bulletin", source_of(served), journal)


def refusal(served, who, **asked):
    call = served.channel(who).unary_stream(GET, None, None)
    return outcome_of(lambda content, **_: list(call(content)) and b"", request(**asked).SerializeToString())


def test_it_holds_the_published_listing_and_nothing_of_one_that_is_repaired(served, tmp_path):
    party, key = listed_enterprise(served)
    with Journal(tmp_path / "journal.db") as journal:
        shelf = shelf_of(served, journal, tmp_path)
        client = served.callers.as_caller(BIDDING)
        before = shelf.fetch(client, "o", datetime.now(UTC))
        (found,) = before.of([party.uscc], datetime.now(UTC))
        submit(served, "wage_list", act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, today() - timedelta(days=1)))
        after = shelf.fetch(client, "o", datetime.now(UTC))
    assert found.decided_on == today() - timedelta(days=400)
    assert found.document_number
    assert before.head.valid_until - before.head.issued_at == timedelta(hours=12)
    assert {"BIDDING_AWARD", "BIDDING_EVALUATION"} <= set(before.head.weighs_at)
    assert after.of([party.uscc], datetime.now(UTC)) == ()
    assert after.head.revision > before.head.revision


def test_no_name_and_no_person_is_in_it(served):
    party, _ = listed_enterprise(served)
    content = b"".join(part.content for part in parts_of(served)).decode()
    assert party.uscc in content
    assert party.name not in content
    assert {len(json.loads(line)) for line in content.split("\n\n")[2].splitlines()} == {6}


def test_the_entry_names_the_hash_of_the_whole_before_a_byte_of_it_leaves(served):
    first, *rest = parts_of(served, officer="li.wei")
    body = body_of(served.entry(first.audit_position))
    assert (body["method"], body["officer"], body["outcome"]) == ("CreditService/GetBulletin", "li.wei", "OK")
    assert body["bulletin"]["sha256"] == first.sha256.hex()
    assert body["bulletin"]["listings"] == b"".join(part.content for part in rest).count(b"\n[")
    assert not any(part.HasField("audit_position") for part in rest)


@pytest.mark.parametrize(
    ("who", "asked", "reason", "field"),
    [
        ("audit-bureau.auditor", {}, "ROLE_NOT_PERMITTED", ""),
        (BIDDING, {"area": common_pb2.AREA_LENDING}, "AREA_NOT_IN_MANDATE", ""),
        (BIDDING, {"area": common_pb2.AREA_LENDING, "officer": ""}, "AREA_NOT_IN_MANDATE", ""),
        (BIDDING, {"area": common_pb2.AREA_UNSPECIFIED}, "MALFORMED_REQUEST", "area"),
        (BIDDING, {"area": common_pb2.AREA_TRAVEL}, "MALFORMED_REQUEST", "area"),
        (BIDDING, {"officer": ""}, "MALFORMED_REQUEST", "officer"),
        (BIDDING, {"purpose": "x" * 257}, "MALFORMED_REQUEST", "purpose"),
    ],
)
def test_role_then_mandate_then_format(served, who, asked, reason, field):
    found = refusal(served, who, **asked)
    assert (found.reason, found.field) == (reason, field)


def test_where_wages_flow_a_listing_holds_nothing(served):
    parts = parts_of(served, BANK, area=common_pb2.AREA_LENDING)
    head = b"".join(part.content for part in parts).decode().split("\n\n")[0]
    (weighs,) = (line for line in head.splitlines() if line.startswith("weighs-at "))
    assert "LENDING_WAGE_ACCOUNT" not in weighs
    assert "LENDING_APPROVAL" in weighs


def test_the_command_line_and_the_tool_that_shares_no_code_agree(served, tmp_path, capsys):
    party, _ = listed_enterprise(served)
    keys, out = tmp_path / "bulletin.vkey", tmp_path / "bidding.bulletin"
    place = ["--config", str(served.place.config), "--address", f"localhost:{served.port}"]
    assert main([*place, "bulletin", "keys"]) == 0
    keys.write_text(capsys.readouterr().out, encoding="utf-8")
    of = ["--area", "bidding", "--keys", str(keys)]
    assert main([*place, "bulletin", "fetch", *of, "--out", str(out)]) == 0
    assert main([*place, "bulletin", "verify", str(out), *of]) == 0
    capsys.readouterr()
    assert main([*place, "bulletin", "show", str(out), *of, "--uscc", party.uscc, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [each["uscc"] for each in shown["listings"]] == [party.uscc]
    command = [sys.executable, str(TOOL), "--key", keys.read_text(encoding="utf-8").strip(), str(out)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).returncode == 0
    out.write_bytes(out.read_bytes().replace(party.uscc.encode(), b"91420300MA10004470"))
    assert main([*place, "bulletin", "verify", str(out), *of]) == 1
    assert "NOT_SIGNED" in capsys.readouterr().err
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, "not those that were signed" in told.stderr) == (1, True)


def rules():
    """Return bidding's rules: evaluation may go on under reservation, and publicity is held."""
    found = bidding_rules(timedelta(days=15), timedelta(days=30))
    away = (
        PointAway(EVALUATION, WhenAway.UNDER_RESERVATION, NOTE),
        PointAway(CANDIDATE_PUBLICITY, WhenAway.HOLD),
    )
    return replace(found, away=away)


def test_away_and_back_every_check_is_made_once_and_nothing_was_cleared_meanwhile(tmp_path):
    folder, case = tmp_path / "city", Case("T-away-1", "li.wei")
    with Journal(tmp_path / "journal.db") as journal:
        with gateway_in(folder) as gateway:
            party, _ = listed_enterprise(gateway)
            restricted, clear = gateway.city.example("disputed").uscc, gateway.city.example("grade_a").uscc
            shelf = shelf_of(gateway, journal, tmp_path)
            shelf.fetch(gateway.callers.as_caller(BIDDING), "li.wei", datetime.now(UTC))
            begun = gateway.next_number()
        nobody = Callers(gateway.place, gateway.port)
        away = Enforcement(nobody.as_caller(BIDDING), journal, rules(), "enforce", bulletins=shelf)
        asked = [Applicant(Party(code), facts=FACTS) for code in (party.uscc, restricted, clear)]
        errors = away.check_all(case, EVALUATION, asked).results
        assert [(type(each), each.bulletin) for each in errors] == [(NoAnswerError, "VALID")] * 3
        assert errors[0].hold
        assert [each.uscc for each in errors[0].listings] == [party.uscc]
        assert not errors[2].hold
        with pytest.raises(NoAnswerError):
            clearance_or_reservation(away, Act(case, EVALUATION, asked[0]))
        reserved = clearance_or_reservation(away, Act(case, EVALUATION, asked[2]))
        assert isinstance(reserved, ReservedGrant)
        with pytest.raises(GatewayError):
            make_pending(nobody.as_caller(BIDDING), journal, away.clock)
        nobody.close()
        assert journal.pending.waiting() == 5
        assert journal.pending.results() == ()
        with gateway_in(folder, filled=False) as gateway:
            client = gateway.callers.as_caller(BIDDING)
            assert make_pending(client, journal, away.clock) == 5
            assert make_pending(client, journal, away.clock) == 0
            results = list(pending_results(journal))
            checks = [
                body
                for body in map(body_of, gateway.entries(begun))
                if body["method"] == "CreditService/CheckEligibility"
            ]
            assert len(report_outcomes(client, journal).taken) == 1
        assert [body["case"] for body in checks] == [case.case_ref] * 5
        assert [result.consequence for result in results] == [
            Consequence.NOT_CLEARED,
            Consequence.NOT_CLEARED,
            Consequence.TAKE_UP,
            Consequence.NOT_CLEARED,
            Consequence.CONFIRM,
        ]
        assert list(pending_results(journal)) == []
