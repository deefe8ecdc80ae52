"""Who asked about an enterprise, on both stores: all of it, whatever its part was, and no investigation (R-05)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from audit_calls import NOON, line, record
from jointsanctions.v1 import audit_pb2, credit_pb2, registry_pb2, subject_pb2

from gateway.domain.agencies import Agency, Role
from gateway.domain.audit import Draft
from gateway.domain.who_asked import INVESTIGATORS, QUESTIONS, SHOWN_ROLES, investigators_among, is_hidden
from gateway.services.list_who_asked import ListWhoAsked
from gateway.storage.access_index import AccessIndex

pytest_plugins = ("audit_places",)

OWN, OTHER = "91420300MA10004470", "91110108551385082Q"
ALWAYS = (None, None)


class Released:
    """Investigations that have been released."""

    def __init__(self, *cases):
        self._cases = frozenset(cases)

    def released(self):
        return self._cases


def asked(agency="bidding", role="asking-system", enterprises=(OWN,), relations=("SELF",), **content):
    method = content.pop("method", "CreditService/CheckEligibility")
    body = {
        "method": method,
        "outcome": "OK",
        "caller": {"agency": agency, **({"role": role} if role else {})},
        "officer": "officer-zhang",
        "case": "JSGC-2026-17",
        "enterprises": enterprises and list(enterprises),
        "relations": relations and list(relations),
        **content,
    }
    return Draft({key: value for key, value in body.items() if value is not None})


@pytest.fixture
def index(place, key_file, tmp_path):
    (tmp_path / "audit").mkdir(exist_ok=True)
    index = AccessIndex(place, key_file)
    yield index
    index.close()


def page(index, uscc=OWN, span=ALWAYS, size=100, token="", releases=None):
    who = ListWhoAsked(index) if releases is None else ListWhoAsked(index, releases)
    return who._page(uscc, span, size, token)


def test_of_a_batch_of_many_cases_the_enterprise_learns_the_purpose_of_its_own_item_alone(place, index):
    shared = asked(
        enterprises=None, relations=None, method="CreditService/BatchCheckEligibility", case=None, officer=None
    )
    own = {"relations": ["SELF"], "officer": "officer-li"}
    lines = [
        line(0, OTHER, case="JSGC-2026-1", purpose="甲", **own),
        line(1, OWN, case="JSGC-2026-2", purpose="乙", **own),
    ]
    record(place, replace(shared, lines=lines))
    for uscc, purpose in ((OWN, "乙"), (OTHER, "甲")):
        (told,), _ = page(index, uscc)
        assert (told.agency, told.purpose, told.relations) == ("bidding", purpose, ("SELF",))


def test_every_part_in_a_question_is_told_and_nobody_elses(place, index):
    batch = replace(
        asked(enterprises=None, relations=None, method="CreditService/BatchCheckEligibility", area=3, point=301),
        lines=[
            line(0, OTHER, relations=["SELF"]),
            line(1, OTHER, OWN, OWN, relations=["SELF", "CONSORTIUM_MEMBER", "RELATED_PARTY"]),
        ],
    )
    record(place, asked(area=3, point=301, purpose="开标前核查"), batch, asked(enterprises=(OTHER,)))
    found, following = page(index)
    assert [(each.method, each.relations, each.area, each.point, each.purpose) for each in found] == [
        ("CreditService/BatchCheckEligibility", ("CONSORTIUM_MEMBER", "RELATED_PARTY"), 3, 301, ""),
        ("CreditService/CheckEligibility", ("SELF",), 3, 301, "开标前核查"),
    ]
    assert following == ""
    assert found[1].at == NOON


def test_neither_officer_nor_case_nor_others_nor_the_verdict_is_told(place, index):
    record(place, asked(enterprises=(OTHER, OWN), relations=("SELF", "RELATED_PARTY"), verdict=3, measures=["A-30"]))
    (told,), _ = page(index)
    said = json.dumps([str(getattr(told, name)) for name in told.__slots__])
    for secret in ("officer-zhang", "JSGC", OTHER, "A-30"):
        assert secret not in said
    assert "verdict" not in told.__slots__


@pytest.mark.parametrize("role", [*sorted(INVESTIGATORS), "minister", None])
def test_an_investigation_is_hidden_and_whoever_is_unknown_with_it(place, index, role):
    record(place, asked("public-security", role), asked())
    found, _ = page(index)
    assert [each.agency for each in found] == ["bidding"]


def test_hidden_questions_leave_no_trace_in_pages_and_tokens(place, index):
    """A page that is short, or a token behind the last page, would tell that something was left out."""
    drafts = [asked(purpose=str(number)) for number in range(4)]
    hidden = asked("public-security", "police")
    record(place, *(draft for each in drafts for draft in (hidden, each, hidden)))
    first, token = page(index, size=2)
    second, last = page(index, size=2, token=token)
    assert [each.purpose for each in (*first, *second)] == ["3", "2", "1", "0"]
    assert last == ""


def test_a_released_case_is_shown_and_no_other(place, index):
    police = {"agency": "public-security", "role": "police"}
    record(place, asked(**police, case="A"), asked(**police, case="B"), asked("court", "court", case="A"))
    found, _ = page(index, releases=Released(("public-security", "A")))
    assert [(each.agency, each.role) for each in found] == [("public-security", "police")]
    assert page(index)[0] == []


def test_only_what_was_answered_is_a_question_and_a_write_is_none(place, index):
    record(
        place,
        asked(outcome="FIELD_NOT_IN_MANDATE"),
        asked(outcome="CANCELLED"),
        asked("hrss", "producer", method="RegistryService/WithdrawRecord", relations=None),
        asked("hrss", "producer", method="RegistryService/GetEnterpriseFile", relations=None, purpose="移送公安"),
    )
    found, _ = page(index)
    assert [(each.method, each.relations, each.purpose) for each in found] == [
        ("RegistryService/GetEnterpriseFile", ("SELF",), "")
    ]


def test_pages_go_on_where_they_ended_while_others_ask(place, index):
    record(place, *(asked(purpose=str(number)) for number in range(5)))
    first, token = page(index, size=2)
    record(place, asked(purpose="later"), asked("public-security", "police"))
    second, token = page(index, size=2, token=token)
    third, last = page(index, size=2, token=token)
    assert [each.purpose for each in (*first, *second, *third)] == ["4", "3", "2", "1", "0"]
    assert last == ""


def test_a_token_is_good_for_its_own_list_only(place, index):
    record(place, *(asked(enterprises=(OWN, OTHER), relations=("SELF", "RELATED_PARTY")) for _ in range(3)))
    _, token = page(index, size=1)
    with pytest.raises(ValueError, match="token"):
        page(index, uscc=OTHER, size=1, token=token)
    with pytest.raises(ValueError, match="token"):
        page(index, span=(NOON, None), size=1, token=token)


def test_a_span_has_its_first_instant_and_not_its_last(place, index):
    record(place, *(asked(purpose=str(number)) for number in range(3)))
    second = timedelta(seconds=1)
    found, _ = page(index, span=(NOON + second, NOON + 2 * second))
    assert [each.purpose for each in found] == ["1"]


def test_the_rule_hides_by_role_and_by_released_case():
    assert frozenset(Role) == SHOWN_ROLES | INVESTIGATORS
    assert not SHOWN_ROLES & INVESTIGATORS
    assert is_hidden("police", "p", "A", frozenset())
    assert is_hidden("police", "p", "A", frozenset({("p", "B"), ("q", "A")}))
    assert not is_hidden("police", "p", "A", frozenset({("p", "A")}))
    assert not is_hidden("bank", "b", "A", frozenset())


def test_an_agency_that_decides_as_well_is_on_the_list_because_nobody_can_say_as_which_it_was_told():
    def entry(agency_id, role):
        return Agency(agency_id=agency_id, name_zh="a", name_en="a", role=role, territory="420300")

    both = [entry("both", Role.POLICE), entry("both", Role.ASKING_SYSTEM)]
    found = investigators_among([*both, entry("court", Role.COURT), entry("bank", Role.BANK)])
    assert found == {"court"}


WRITES = {"SubjectService/FileObjection"}
"""They name an enterprise, and tell nothing of it."""


def test_every_method_that_asks_about_an_enterprise_is_a_question():
    """One that is added and forgotten here would ask unseen."""
    naming = {
        f"{service.name}/{method.name}"
        for file in (credit_pb2, registry_pb2, audit_pb2, subject_pb2)
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
        if {"enterprise", "items"} & {field.name for field in method.input_type.fields}
    }
    assert naming - WRITES <= QUESTIONS
