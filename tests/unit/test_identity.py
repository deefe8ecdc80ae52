"""A person's disputed or stolen identity: what weighs through it alone is disputed, and then nothing (X-02)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import INSTANT, OTHER_USCC, USCC, at, day, listed, moment, policy, question, subject
from store_samples import fact

from gateway.domain import timeline
from gateway.domain.eligibility import decide
from gateway.domain.identity import NEVER, Links, doubted_at, genuine
from gateway.domain.kinds.identity_dispute import DisputeOutcome
from gateway.domain.listings import Interval
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.domain.vocabulary import DecisionPoint, Effect, Trigger

FALSE, GENUINE = DisputeOutcome.FALSE_LINK, DisputeOutcome.GENUINE_LINK


def dispute(opened, outcome=None, decided=None):
    sample = fact(1, "identity_dispute").fact
    decided_on = day(decided) if decided else None
    return replace(sample, disputed_on=day(opened), outcome=outcome, decided_on=decided_on)


def links(**of_person):
    """Return links of persons to the enterprise ``USCC``."""
    return Links({(key, USCC): (each,) for key, each in of_person.items()})


def test_a_link_found_false_carries_nothing_at_any_moment_and_others_still_do():
    found = links(p=dispute("2026-03-01", FALSE, "2026-04-01"))
    assert genuine(found, ["p"], (USCC, OTHER_USCC)) == {}
    assert genuine(found, ["p"], (OTHER_USCC, USCC)) == {}
    assert genuine(found, ["p", "q"], (USCC, OTHER_USCC)) == {"q": ()}
    assert genuine(found, ["p"], (OTHER_USCC, OTHER_USCC)) == {"p": ()}


def test_a_link_is_disputed_from_the_day_on_until_it_is_found_genuine():
    open_, closed = dispute("2026-03-01"), dispute("2026-03-01", GENUINE, "2026-04-01")
    assert links(p=open_).through("p", [USCC]) == (Interval(at("2026-03-01"), NEVER),)
    assert links(p=closed).through("p", [USCC]) == (Interval(at("2026-03-01"), at("2026-04-01")),)
    assert links(p=dispute("2026-03-01", GENUINE, "2026-03-01")).through("p", [USCC]) == ()


def test_one_person_who_is_not_disputed_is_enough():
    span = (Interval(at("2026-03-01"), at("2026-04-01")),)
    later = (Interval(at("2026-03-15"), at("2026-05-01")),)
    assert not doubted_at((), at("2026-03-20"))
    assert not doubted_at((span, ()), at("2026-03-20"))
    assert [doubted_at((span, later), at(on)) for on in ("2026-03-14", "2026-03-15", "2026-04-01")] == [
        False,
        True,
        False,
    ]


def reached(doubt):
    """Return an enterprise that another's listing reaches through its legal representative."""
    other = listed("2025-03-01", "2025-03-10", uscc=OTHER_USCC)
    relation = Relation(RelationKind.LEGAL_REPRESENTATIVE, OTHER_USCC, (other,), {other.listing_id: doubt})
    return Dossier(USCC, relations=(relation,))


@pytest.mark.parametrize("name", ["shiyan", "national-2026"])
def test_what_weighs_through_a_disputed_person_is_disputed_meanwhile_and_a_review_at_most(name):
    doubt = ((Interval(at("2026-03-01"), at("2026-04-01")),),)
    line = timeline.build(reached(doubt), policy(name).grade_rules)
    for instant, disputed in (
        (at("2026-03-01") - INSTANT, False),
        (at("2026-03-01"), True),
        (at("2026-04-01") - INSTANT, True),
        (at("2026-04-01"), False),
    ):
        (ground,) = [each for each in line.at(instant)[0].grounds if each.trigger is Trigger.LISTED_PERSON]
        assert ground.disputed is disputed
    through = []
    for point in DecisionPoint:
        decision = decide((subject(timeline=line),), question(point), policy(name), moment(at("2026-03-02")))
        through += [each for each in decision.measures if each.ground.trigger is Trigger.LISTED_PERSON]
    assert max(each.effect for each in through) is Effect.REVIEW
    assert all(each.ground.disputed for each in through)
