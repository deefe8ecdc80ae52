"""Early warnings over mutual TLS: told to HRSS alone, recorded, and never part of what deciding systems are told."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from e2e.served import BIDDING, HRSS, REGISTRAR, TOURISM, award, body_of, new_party, today
from jointsanctions.v1 import common_pb2, credit_pb2, registry_pb2
from jointsanctions.v1 import early_warning_pb2 as pb

from gateway.cli.main import main
from gateway.sample.records import complaint, five_systems, profile

pytestmark = pytest.mark.xdist_group("served")
LIST = "/jointsanctions.v1.RegistryService/ListEarlyWarnings"
_numbers = itertools.count()


def submit(served, who, feed, records):
    for row, record in enumerate(records, 1):
        record.row = row
    sent = registry_pb2.SubmitRecordsRequest(
        request_id=f"warned-{next(_numbers)}", feed=feed, officer="o", records=records, last=True
    )
    response = served.callers.as_caller(who).submit(iter([sent]))
    assert not response.rows
    return response.data_revision


@pytest.fixture
def party(served):
    """Return an enterprise of grade A with nothing on record but its profile."""
    party = new_party()
    revision = submit(served, REGISTRAR, "market_regulation", [profile(party, today() - timedelta(days=700))])
    fresh = award(party.uscc)
    fresh.question.at_least_as_fresh = revision
    served.callers.as_caller(BIDDING).check(fresh)
    return party


def asked(**changes):
    return pb.ListEarlyWarningsRequest(**{"officer": "officer-7", **changes})


def listed(served, **changes):
    return served.callers.as_caller(HRSS).registry("ListEarlyWarnings", asked(**changes), pb.ListEarlyWarningsResponse)


def warn(served, party):
    """Put on record what makes warnings: four settled incidents, and a project without a deposit."""
    settled = [
        complaint(party, f"{party.uscc}-{days}", today() - timedelta(days=days), today() - timedelta(days=days - 20))
        for days in (50, 100, 150, 200)
    ]
    check = five_systems(party, f"{party.uscc}-check", today() - timedelta(days=3), "MISSING")
    return submit(served, HRSS, "labour_inspection", [*settled, check])


def test_an_enterprise_near_b_is_told_of_with_its_facts(served, party):
    warn(served, party)
    page = listed(served, uscc=party.uscc)
    near, deposit = page.warnings[:2]
    assert (near.kind, near.rule_id, near.name) == (pb.EARLY_WARNING_KIND_NEAR_GRADE_B, "G-04", party.name)
    assert len(near.record_ids) == 4
    assert "再有2件" in near.text.zh
    assert (deposit.kind, deposit.rule_id) == (pb.EARLY_WARNING_KIND_DEPOSIT_MISSING, "R724/32")
    assert (deposit.unknown, deposit.on) == (False, (today() - timedelta(days=3)).isoformat())
    body = body_of(served.entry(page.audit_position))
    assert (body["method"], body["enterprises"]) == ("RegistryService/ListEarlyWarnings", [party.uscc])
    assert (body["officer"], body["revision"]) == ("officer-7", page.data_revision)
    assert "search" not in body


def test_years_of_a_are_told_of_before_they_are_complete(served, party):
    (warning,) = listed(served, uscc=party.uscc, kinds=[pb.EARLY_WARNING_KIND_A_YEARS_NEARLY_COMPLETE]).warnings[:1]
    assert warning.kind == pb.EARLY_WARNING_KIND_A_YEARS_NEARLY_COMPLETE
    assert warning.on > today().isoformat()


def decided(served, party, revision):
    """Return all that a deciding system is told, but for when and under which revision."""
    request = award(party.uscc)
    request.question.at_least_as_fresh = revision
    decision = served.callers.as_caller(BIDDING).check(request).decision
    decision.ClearField("valid_until")
    record = credit_pb2.GetCreditRecordRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=party.uscc), case_ref="JSGC-2026-17", officer="o"
    )
    told = served.callers.as_caller(BIDDING).credit_record(record)
    return decision.SerializeToString(deterministic=True), told.listings, told.facts, told.grade


def test_no_answer_to_a_deciding_system_changes_when_there_is_something_to_warn_of(served, party):
    check = five_systems(party, f"{party.uscc}-ok", today() - timedelta(days=9))
    before = decided(served, party, submit(served, HRSS, "labour_inspection", [check]))
    missing = five_systems(party, f"{party.uscc}-ok", today() - timedelta(days=9), "MISSING")
    after = submit(served, HRSS, "labour_inspection", [missing])
    kinds = {warning.kind for warning in listed(served, uscc=party.uscc).warnings}
    assert pb.EARLY_WARNING_KIND_DEPOSIT_MISSING in kinds
    assert decided(served, party, after) == before


def test_the_pages_together_are_all_warnings_in_order_of_code(served, party):
    warn(served, party)
    whole = listed(served, page_size=200)
    request, paged = asked(page_size=1), []
    while True:
        page = served.callers.as_caller(HRSS).registry("ListEarlyWarnings", request, pb.ListEarlyWarningsResponse)
        assert len({warning.uscc for warning in page.warnings}) <= 1
        paged += page.warnings
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    codes = [warning.uscc for warning in paged]
    assert codes == sorted(codes)
    assert party.uscc in codes
    assert paged[: len(whole.warnings)] == list(whole.warnings)


def test_nobody_but_hrss_is_told_and_a_caller_without_the_grant_learns_no_format(served):
    assert served.send(LIST, pb.ListEarlyWarningsRequest(), REGISTRAR).reason == "FIELD_NOT_IN_MANDATE"
    assert served.send(LIST, pb.ListEarlyWarningsRequest(), TOURISM).reason == "ROLE_NOT_PERMITTED"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"kinds": [0]}, "kinds[0]"),
        ({"kinds": [1, 1]}, "kinds"),
        ({"uscc": "9142"}, "uscc"),
        ({"page_size": 201}, "page_size"),
        ({"page_token": "AAAA"}, "page_token"),
    ],
)
def test_a_faulty_filter_is_named(served, changes, field):
    refused = served.send(LIST, asked(**changes), HRSS)
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)


def test_the_command_prints_each_warning_in_both_languages(served, party, capsys):
    warn(served, party)
    place = ["--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}"]
    capsys.readouterr()
    assert main([*place, "watchlist", "--uscc", party.uscc, "--kind", "near_grade_b"]) == 0
    text = capsys.readouterr().out
    assert f"{party.uscc} {party.name}  NEAR_GRADE_B [G-04]" in text
    assert "再有2件即达到B级" in text
    assert "2 more make the 6 of grade B" in text
    assert text.splitlines()[-1] == "1 条 warnings"
    assert main([*place, "watchlist", "--json"]) == 0
    assert party.uscc in {warning["uscc"] for warning in json.loads(capsys.readouterr().out)["warnings"]}
