"""Who is meant, asked over mutual TLS: within a case only, recorded, shown to who asks, and never a verdict."""

from __future__ import annotations

import json

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, HRSS, SEARCH, award, body_of, new_party
from google.protobuf.descriptor import FieldDescriptor
from jointsanctions.v1 import audit_pb2, credit_pb2
from jointsanctions.v1 import candidate_pb2 as pb
from jointsanctions.v1.common_pb2 import (
    AREA_BIDDING,
    AREA_LENDING,
    AREA_TRAVEL,
    TRIGGER_SAME_NAME_RECORD,
    VERDICT_CONDITIONAL,
)

from gateway.cli.main import main

RESOLVE = "/jointsanctions.v1.CreditService/ResolveEnterprise"
pytestmark = pytest.mark.xdist_group("served")


def request(**parts):
    return pb.ResolveEnterpriseRequest(
        **{"area": AREA_BIDDING, "case_ref": "JSGC-2026-17", "officer": "o-7", "purpose": "资格审查", **parts}
    )


def resolved(served, who=BIDDING, **parts):
    outcome = served.send(RESOLVE, request(**parts), who)
    assert outcome.ok, outcome.text()
    return pb.ResolveEnterpriseResponse.FromString(outcome.answer)


def refused(served, who=BIDDING, **parts):
    outcome = served.send(RESOLVE, request(**parts), who)
    assert not outcome.ok
    return outcome.reason, outcome.field


def listed(served):
    return served.city.example("listed")


def otherwise_written(name):
    return name.replace("有限公司", "有限責任公司").replace("(", "〔").replace(")", "〕")


def test_a_name_otherwise_written_identifies_and_its_code_is_then_asked_about(served):
    example = listed(served)
    (found,) = resolved(served, name=otherwise_written(example.name)).candidates

    assert (found.uscc, found.name, found.identified) == (example.uscc, example.name, True)
    assert found.match_kind == pb.MATCH_KIND_EXACT_NORMALISED
    assert pb.NAME_FOLDING_LEGAL_FORM in found.foldings
    assert pb.NAME_FOLDING_SCRIPT in found.foldings
    answer = credit_pb2.CheckEligibilityResponse.FromString(
        served.send(CHECK, award(found.uscc, otherwise_written(example.name))).answer
    )
    assert answer.decision.enterprise.match_quality == 1, "one normal form for the search and for the check"


def test_a_record_of_that_name_however_written_is_a_reference_and_restricts_nobody(served):
    """X-01: the wider normal form finds more of them, and none weighs more."""
    name = otherwise_written(served.city.example("same_name").name)
    answer = credit_pb2.CheckEligibilityResponse.FromString(served.send(CHECK, award(new_party().uscc, name)).answer)

    assert answer.decision.verdict == VERDICT_CONDITIONAL
    assert TRIGGER_SAME_NAME_RECORD in {each.trigger for each in answer.decision.measures}


def test_what_is_alike_is_shown_with_its_difference_and_identifies_nobody(served):
    example = listed(served)
    found = resolved(served, name=f"湖北省{example.name}", most=3).candidates

    assert found[0].uscc == example.uscc
    assert (found[0].match_kind, list(found[0].differences)) == (
        pb.MATCH_KIND_SIMILAR_NAME,
        [pb.NAME_DIFFERENCE_FRONT],
    )
    assert len(found) <= 3
    assert not any(each.identified for each in found)
    assert not resolved(served, name="甲乙丙丁戊己庚辛").candidates


def test_codes_find_their_enterprise_and_the_old_one_only_a_candidate(served):
    example = listed(served)
    by_code, successor = resolved(served, uscc=example.uscc, name="别的名称").candidates
    (by_old,) = resolved(served, organisation_code=f"{example.uscc[8:16]}-{example.uscc[16]}").candidates

    assert (by_code.match_kind, by_code.identified, by_code.name_agrees) == (pb.MATCH_KIND_USCC, True, False)
    assert (successor.match_kind, successor.identified) == (pb.MATCH_KIND_PREDECESSOR_USCC, False)
    assert [(each.relation, each.uscc) for each in successor.relations] == [("PREDECESSOR", example.uscc)]
    assert (by_old.uscc, by_old.identified) == (example.uscc, False)
    assert not by_old.HasField("name_agrees")


def test_nothing_in_the_answer_has_a_place_for_a_verdict():
    def names(message, seen):
        if message.full_name not in seen:
            seen.add(message.full_name)
            for field in message.fields:
                yield field.name
                if field.type == FieldDescriptor.TYPE_MESSAGE:
                    yield from names(field.message_type, seen)
                elif field.enum_type is not None:
                    yield field.enum_type.name

    held = set(names(pb.ResolveEnterpriseResponse.DESCRIPTOR, set()))
    assert not {
        name for name in held if any(word in name.lower() for word in ("verdict", "measure", "grade", "effect"))
    }
    assert "identified" in held


def test_the_call_is_recorded_with_what_was_sought_and_who_was_shown(served):
    example = listed(served)
    name = otherwise_written(example.name)
    answer = resolved(served, name=name)
    body = body_of(served.entry(answer.audit_position))

    assert body["method"] == "CreditService/ResolveEnterprise"
    assert body["sought"] == {"name": name}
    assert body["candidates"] == body["enterprises"] == [example.uscc]
    assert (body["area"], body["case"], body["officer"], body["purpose"]) == (3, "JSGC-2026-17", "o-7", "资格审查")
    assert body["revision"] == answer.data_revision
    assert "verdict" not in body
    alike = body_of(served.entry(resolved(served, name=f"湖北省{example.name}").audit_position))
    assert example.uscc in alike["candidates"]
    assert "enterprises" not in alike, "nobody was asked about who is only alike"


def test_an_auditor_finds_the_search_by_the_enterprise_that_it_identified(served):
    example = listed(served)
    resolved(served, uscc=example.uscc, case_ref="RESOLVED-1")
    found = served.send(
        SEARCH, audit_pb2.SearchAccessRequest(uscc=example.uscc, searched_by="a", page_size=100), AUDITOR
    )
    entries = audit_pb2.SearchAccessResponse.FromString(found.answer).entries

    assert "RESOLVED-1" in {each.case_ref for each in entries if each.method == "CreditService/ResolveEnterprise"}


def test_nobody_browses(served):
    example = listed(served)

    assert refused(served, name=example.name, case_ref="") == ("AUTHORIZATION_MISSING", "case_ref")
    assert refused(served, name=example.name, officer="") == ("MALFORMED_REQUEST", "officer")
    assert refused(served, name=example.name, area=0) == ("MALFORMED_REQUEST", "area")
    assert refused(served, name=example.name, area=AREA_TRAVEL) == ("MALFORMED_REQUEST", "area")
    assert refused(served, name=example.name, area=AREA_LENDING)[0] == "AREA_NOT_IN_MANDATE"
    assert refused(served, AUDITOR, name=example.name)[0] == "ROLE_NOT_PERMITTED"
    assert refused(served, uscc="junk", area=AREA_LENDING)[0] == "AREA_NOT_IN_MANDATE", "the mandate before the format"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({}, "name"),
        ({"name": "11010519491231002X"}, "name"),
        ({"name": "字" * 101}, "name"),
        ({"uscc": "91420300"}, "uscc"),
        ({"uscc": "11010519491231002X"}, "uscc"),
        ({"uscc": "91420300MA10004471"}, "uscc"),
        ({"organisation_code": "12345678"}, "organisation_code"),
        ({"organisation_code": "MA1000447", "uscc": "91420300MA10004470"}, "organisation_code"),
        ({"name": "样例", "most": 11}, "most"),
        ({"name": "样例", "most": -1}, "most"),
    ],
)
def test_what_is_malformed_is_refused_by_its_field(served, parts, field):
    assert refused(served, **parts) == ("MALFORMED_REQUEST", field)


def typed(served, *words):
    return main(
        [
            *("--config", str(served.place.config), "--address", f"127.0.0.1:{served.port}"),
            *words,
            *("--area", "bidding", "--case", "JSGC-2026-17"),
        ]
    )


def test_a_terminal_shows_candidates_and_a_name_alone_is_never_checked(served, capsys):
    example = listed(served)

    assert typed(served, "resolve", example.name) == 0
    assert "确认 identified" in capsys.readouterr().out
    assert typed(served, "resolve", f"湖北省{example.name}") == 5
    shown = capsys.readouterr().out
    assert example.uscc in shown
    assert "前缀" in shown
    assert typed(served, "check", "--name", example.name, "--point", "award", "--json") == 5
    said = json.loads(capsys.readouterr().out)
    assert said["candidates"][0]["uscc"] == example.uscc
    assert "decision" not in said
    assert typed(served, "check", "--point", "award") == 2


def test_hrss_finds_whom_it_works_on(served):
    assert resolved(served, HRSS, name=listed(served).name).candidates[0].identified
