"""The list of clocks: complete, sound, and the same in the document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.domain.clock_list import CLOCKS, PUBLICITY_CLOCKS
from gateway.domain.clock_rules import Holder, Kind, Roll, StartEvent, Unit
from gateway.domain.deposit_clocks import DEPOSIT_CLOCKS
from gateway.domain.listing_clocks import (
    EARLY_EXIT_CR36,
    EARLY_EXIT_O45,
    LISTING_CLOCKS,
    LISTING_TERM,
    REPAIR_DECISION,
)
from gateway.domain.listings import TERM_MONTHS
from gateway.domain.objection_clocks import OBJECTION_CLOCKS
from gateway.domain.referral_clocks import REFERRAL_CLOCKS

DOCUMENT = Path(__file__).parents[2] / "docs" / "clocks.md"

LENGTHS = {
    "I-30/report": "3 WD",
    "I-31/publish": "7 WD",
    "I-32/disclose": "20 WD",
    "APL-48/withdraw": "3 WD",
    "P-07/correct": "10 WD",
    "P-06/review": "15 WD",
    "C-02/check": "10 WD",
    "GIR-41/correct": "10 WD",
    "CRR-25/answer": "20 ND",
    "L-06/object": "5 WD",
    "L-06/verify": "5 WD",
    "L-08/decide": "20 WD, 40 WD",
    "L-13/term": "3 Y",
    "L-19b/unpublish": "10 WD",
    "L-20/early-exit": "1 Y",
    "L-21/early-exit": "6 M",
    "L-16/decide": "15 WD",
    "C-07/accept": "3 WD",
    "C-07/answer": "10 WD",
    "C-08/decide": "7 WD, 17 WD",
    "L-19c/reconsideration": "60 ND",
    "L-19c/lawsuit": "6 M",
    "D-01/open": "20 WD",
    "D-07/pay": "5 WD",
    "D-07/refill": "10 WD",
    "D-08/notice": "30 ND",
    "T-21/approve": "3 ND",
    "T-22/send": "24 H",
    "T-25/forward": "24 H",
    "T-26/ask": "24 H",
    "T-26/supply": "3 ND",
    "T-27/decide": "3 ND, 10 ND, 30 ND",
    "T-29/hand-over": "3 ND",
    "T-30/contest": "3 ND",
    "T-31/reconsider": "3 ND",
    "T-32/supervision": "3 ND",
    "T-34/explain": "7 ND",
    "T-35/file": "15 ND",
    "T-36/tell": "10 ND",
    "T-37/conclude": "3 M",
    "T-41/opinion": "3 ND",
    "T-41/answer": "2 M",
}
"""Written down anew from the law, not read from the list."""


def lengths(rule):
    return ", ".join(
        f"{length} {rule.unit}" for length in (rule.length, *(longer.length for longer in rule.extensions))
    )


def row(rule):
    """Return the line of the document that says what *rule* says."""
    kind = "" if rule.kind is Kind.DUTY else f", {rule.kind.lower()}"
    extended = [
        f"; {longer.length} {rule.unit}{'' if longer.confirmed else ' †'}: {longer.when.en}（{longer.when.zh}）"
        for longer in rule.extensions
    ]
    cells = (
        f"`{rule.clock_id}`{'' if rule.confirmed else ' †'}",
        rule.title.en,
        rule.title.zh,
        f"`{rule.starts}`",
        f"{rule.length} {rule.unit}{''.join(extended)}",
        rule.roll,
        f"{rule.holder}{kind}",
        rule.source,
    )
    return f"| {' | '.join(cells)} |"


def test_every_clock_of_the_law_is_in_the_list_with_its_length_and_no_other():
    assert {clock_id: lengths(rule) for clock_id, rule in CLOCKS.items()} == LENGTHS


def test_the_document_has_every_clock_in_order_and_says_the_same():
    documented = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    assert documented == [row(rule) for rule in CLOCKS.values()]


def test_no_clock_is_listed_twice():
    groups = (PUBLICITY_CLOCKS, OBJECTION_CLOCKS, LISTING_CLOCKS, DEPOSIT_CLOCKS, REFERRAL_CLOCKS)
    assert sum(len(group) for group in groups) == len(CLOCKS)


def test_the_list_cannot_be_changed():
    with pytest.raises(TypeError):
        CLOCKS["L-06/verify"] = CLOCKS["L-06/object"]


def test_every_event_and_every_holder_has_a_clock_but_those_of_meetings_and_of_cases():
    by_no_statute = {
        StartEvent.MINUTES_DELIVERED,
        Holder.MEMBER_AGENCY,
        StartEvent.CASE_EVENT_SEEN,
        Holder.DECIDING_AGENCY,
    }
    assert {rule.starts for rule in CLOCKS.values()} == set(StartEvent) - by_no_statute
    assert {rule.holder for rule in CLOCKS.values()} == set(Holder) - by_no_statute


@pytest.mark.parametrize("rule", CLOCKS.values(), ids=CLOCKS)
def test_a_clock_can_be_moved_exactly_where_it_ends_on_a_day_that_may_be_off_and_somebody_must_act(rule):
    by_the_calendar_alone = rule.unit in {Unit.NATURAL_DAYS, Unit.MONTHS, Unit.YEARS} and rule.kind is not Kind.TERM

    assert (rule.roll is not Roll.NEVER) is by_the_calendar_alone


@pytest.mark.parametrize("rule", CLOCKS.values(), ids=CLOCKS)
def test_a_clock_names_its_rule_its_source_and_itself_in_both_languages(rule):
    assert re.fullmatch(r"(?:[CDILPT]-\d{2}[a-z]?|APL-48|GIR-41|CRR-25)/[a-z]+(?:-[a-z]+)?", rule.clock_id)
    assert rule.source.strip()
    for text in (rule.title, *(longer.when for longer in rule.extensions)):
        assert re.search(r"[\u4e00-\u9fff]", text.zh)
        assert re.fullmatch(r"[ -~]+", text.en)


@pytest.mark.parametrize("rule", CLOCKS.values(), ids=CLOCKS)
def test_every_extension_is_longer_than_what_it_extends(rule):
    steps = [rule.length, *(longer.length for longer in rule.extensions)]

    assert steps == sorted(set(steps))


def test_only_three_days_of_a_referral_and_its_extensions_move_as_shipped():
    moved = {clock_id for clock_id, rule in CLOCKS.items() if rule.roll is Roll.REFERRAL}

    days = {clock_id for clock_id, text in LENGTHS.items() if text.startswith("3 ND")}
    assert moved == days - {"T-41/opinion"}, "that one is not R310's"


def test_the_rights_are_those_of_the_party_and_of_police_that_miss_something_and_the_terms_end_by_themselves():
    assert {c for c, rule in CLOCKS.items() if rule.kind is Kind.RIGHT} == {
        "L-06/object",
        "L-19c/reconsideration",
        "L-19c/lawsuit",
        "T-26/ask",
    }
    of_a_listing = {"L-13/term", "L-20/early-exit", "L-21/early-exit"}
    assert {c for c, rule in CLOCKS.items() if rule.kind is Kind.TERM} == of_a_listing | {"D-08/notice"}
    assert {c for c, rule in CLOCKS.items() if rule.start_day_counts} == of_a_listing


def test_what_no_text_of_the_law_was_at_hand_for_is_not_confirmed():
    assert {clock_id for clock_id, rule in CLOCKS.items() if not rule.confirmed} == {
        "P-07/correct",
        "P-06/review",
        "L-20/early-exit",
        "C-08/decide",
        "T-26/ask",
        "T-26/supply",
        "T-41/opinion",
        "T-41/answer",
        "D-01/open",
        "C-02/check",
        "GIR-41/correct",
    }


def test_months_and_years_are_months_and_days_are_none():
    assert (LISTING_TERM.months, EARLY_EXIT_CR36.months, EARLY_EXIT_O45.months) == (TERM_MONTHS, 12, 6)
    for clock_id in ("L-08/decide", "T-22/send", "T-21/approve"):
        with pytest.raises(ValueError, match="not in months"):
            CLOCKS[clock_id].months  # noqa: B018 - reading it is the case


def test_the_clocks_of_a_decision_on_repair_are_in_the_list():
    assert set(REPAIR_DECISION) == {"C-07/answer", "C-08/decide", "L-16/decide"} <= set(CLOCKS)
