"""The law's table for natural persons, over mutual TLS under both profiles (A-100, E-12, I-53)."""

from __future__ import annotations

from datetime import datetime

import pytest
from e2e.asking_persons import EXAMS, FOR_ENTERPRISE, OWN, ask, confirmed, list_person, ref, submit
from e2e.law_cases import cases_at
from e2e.law_gateway import place_of
from e2e.law_table import EFFECTS, POINTS, REVIEW, cell
from e2e.served import HRSS
from jointsanctions.v1 import common_pb2, credit_pb2
from kind_records import SAMPLES, record_of
from plain_numbers import resident

from formats.civil import SHANGHAI

pytestmark = pytest.mark.xdist_group("law")
BLOCK = EFFECTS.index("BLOCK")
OWN_RECORDS = {
    "exam_record": ("EXAM_RECORD", EXAMS, "exam_records"),
    "recruitment_record": ("", HRSS, "recruitment"),
    "insurance_severe_listing": ("INSURANCE_SEVERE_LISTING", HRSS, "social_insurance"),
}
"""By kind: what it is in the table, where it is anything, its producer and its feed."""


@pytest.fixture(scope="module")
def persons(law):
    """By what is on record of them: a listed person, and one of each kind of a person's own records."""
    found = {"listing": ref(resident(73_001))}
    law.revision = list_person(law.served, found["listing"])[1]
    for serial, (kind, (_, who, feed)) in enumerate(OWN_RECORDS.items(), 73_002):
        found[kind] = ref(resident(serial))
        record = record_of(SAMPLES[kind], {each: getattr(found[kind], each) for each in ("name", *NUMBERED)})
        record.uscc, record.name, record.source_key = "", "", f"{kind}-{serial}"
        law.revision = submit(law.served, who, feed, [record])
    return found


NUMBERED = ("document_type", "document_number")


def cases(point):
    """Return one case for each set of words that the table uses."""
    return {case.words: case for case in cases_at(point, datetime.now(SHANGHAI))}


def request_at(law, point, person, capacity, facts):
    question = law.question(point)
    if facts.WhichOneof("facts"):
        question.case_facts.CopyFrom(facts)
    return credit_pb2.CheckPersonRequest(question=question, person=person, capacity=capacity)


def told(answer):
    """Return the strongest effect, and the verdict by name."""
    effects = [place_of(measure.effect) for measure in answer.decision.measures]
    return max(effects, default=0), common_pb2.Verdict.Name(answer.decision.verdict).removeprefix("VERDICT_")


def verdict_of(effect):
    return "RESTRICTED" if effect == BLOCK else "CONDITIONAL" if effect > EFFECTS.index("NOTICE") else "CLEAR"


@pytest.mark.parametrize("point", POINTS)
def test_a_listed_person_in_its_own_name_weighs_as_the_listed_unit_once_an_officer_has_confirmed_a_block(
    law, persons, point
):
    for words, case in cases(point).items():
        request = request_at(law, point, persons["listing"], OWN, case.facts)
        law_says = cell("LISTING", point, words, law.profile)
        answer = ask(law.served, request, HRSS, law.revision)
        if law_says.least < BLOCK:
            assert law_says.holds(told(answer)[0]), (sorted(words), EFFECTS[told(answer)[0]], str(law_says))
            assert told(answer)[1] == verdict_of(told(answer)[0])
            continue
        assert told(answer) == (REVIEW, "CONDITIONAL"), sorted(words)
        again = ask(law.served, confirmed(request, answer), HRSS)
        assert told(again) == (BLOCK, "RESTRICTED"), sorted(words)


@pytest.mark.parametrize("point", POINTS)
def test_a_listed_person_who_acts_for_another_enterprise_is_reviewed_at_the_most(law, persons, point):
    for words, case in cases(point).items():
        request = request_at(law, point, persons["listing"], FOR_ENTERPRISE, case.facts)
        effect, verdict = told(ask(law.served, request, HRSS, law.revision))
        law_says = cell("LISTED_PERSON", point, words, law.profile)
        assert law_says.holds(effect), (sorted(words), EFFECTS[effect], str(law_says))
        assert verdict == verdict_of(effect)


@pytest.mark.parametrize("kind", OWN_RECORDS)
@pytest.mark.parametrize("point", POINTS)
def test_a_persons_own_record_weighs_on_nobody_but_whom_the_law_names(law, persons, point, kind):
    trigger = OWN_RECORDS[kind][0]
    (words, case), *_ = cases(point).items()
    for capacity in (OWN, FOR_ENTERPRISE):
        effect, verdict = told(ask(law.served, request_at(law, point, persons[kind], capacity, case.facts), HRSS))
        if trigger and capacity == OWN:
            assert cell(trigger, point, words, law.profile).holds(effect), EFFECTS[effect]
        else:
            assert effect == 0
        assert verdict == verdict_of(effect)
