"""The sample city: invented, check-valid, the same each time, and answered as each example says."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from formats.civil import midnight
from formats.identifiers import UsccError, is_resident_id, parse_uscc
from gateway.domain import timeline
from gateway.domain.case_facts import CaseFacts
from gateway.domain.eligibility import Moment, Question, Subject, decide
from gateway.domain.listings import Listing
from gateway.domain.records import Dossier, Relation, RelationKind, Unresolved
from gateway.domain.vocabulary import CutoffRule, DecisionPoint, GradeLetter, MatchQuality, ParticipationForm, Verdict
from gateway.rpc.records import RecordReader
from gateway.sample.city import make_city, make_load
from gateway.sample.records import FEED_OF_KIND, FEEDS
from gateway.settings.gateway_file import load_gateway
from gateway.settings.policy_files import load_policy

CONFIG = Path(__file__).parents[2] / "config"
DAY = date(2026, 11, 24)
WANTED = {
    "grade_a", "grade_a_two_years", "a_watch", "conditional", "listed", "grade_b", "grade_c", "undetermined",
    "repaired", "expired", "about_to_expire", "stayed", "disputed", "branch_of_listed", "listed_representative",
    "successor_of_listed", "published_notice", "same_name", "nonlocal", "dormant", "unknown", "nonconforming_code",
    "red_listed", "malicious_arrears", "penalty", "convicted", "revoked", "not_delivered",
    "deregistered",
}  # fmt: skip


class OpenVault:
    """Keeps persons apart by their number itself: there is nobody to protect here."""

    def key(self, document_type, document_number):
        return f"{document_type}/{document_number}"

    def seal(self, text):
        return text.encode()

    def conceal(self, digest):
        return digest


@cache
def city(day=DAY, seed=7):
    return make_city(seed, day)


@cache
def read(day=DAY):
    """Return what the gateway understands of the city: (row, name) pairs, each record checked field by field."""
    reader = RecordReader(OpenVault())
    return [
        (incoming.content, incoming.code, incoming.name)
        for feed, records in city(day).records.items()
        for incoming in (reader.read(record, feed) for record in records)
    ]


@cache
def policy():
    return load_policy(CONFIG / "policy", "shiyan", DAY)


@cache
def listings(day):
    acts, persons = {}, {}
    for row, code, _ in read(day):
        if row.listing_act is not None:
            acts.setdefault((row.listing_id, code), []).append(row.listing_act)
            persons.setdefault(row.listing_id, set()).update(row.person_keys)
    return [Listing(key, code, tuple(own), frozenset(persons[key])) for (key, code), own in acts.items()]


def dossier(uscc, day):
    rows = [row for row, code, _ in read(day) if code == uscc]
    profiles = tuple(sorted((row.profile for row in rows if row.profile), key=lambda profile: profile.valid_from))
    related = []
    for profile in profiles:
        for listing in listings(day):
            if listing.uscc == profile.head_office_uscc:
                related.append(Relation(RelationKind.HEAD_OFFICE, listing.uscc, (listing,)))
            if listing.uscc == profile.successor_of_uscc:
                related.append(Relation(RelationKind.PREDECESSOR, listing.uscc, (listing,)))
            if profile.representative_key in listing.person_keys and listing.uscc != uscc:
                related.append(Relation(RelationKind.LEGAL_REPRESENTATIVE, listing.uscc, (listing,)))
    own = tuple(listing for listing in listings(day) if listing.uscc == uscc)
    return Dossier(uscc, profiles, tuple(row.fact for row in rows if row.fact), own, tuple(related))


def same_name(name, day):
    return tuple(
        Unresolved(
            row.record_id,
            found,
            row.fact.notice_list,
            row.fact.authority,
            row.fact.document_number,
            row.fact.published_on,
        )
        for row, code, found in read(day)
        if not code and found == name
    )


def answered(example, day=DAY):
    """Ask about *example* at noon of *day*, before the award in bidding within 420302, under ``shiyan``."""
    held = dossier(example.uscc, day)
    match = MatchQuality.EXACT if held.profiles else MatchQuality.UNKNOWN
    subject = Subject(
        uscc=example.uscc,
        name=example.name,
        name_sent="",
        relation=RelationKind.SELF,
        match=match,
        timeline=timeline.build(held, policy().grade_rules),
        same_name=same_name(example.name, day),
    )
    facts = CaseFacts(
        project_region="420302",
        must_be_tendered=True,
        state_funds=False,
        form=ParticipationForm.SINGLE,
        cutoff_rule=CutoffRule.NOT_FIXED,
    )
    noon = midnight(day) + timedelta(hours=12)
    moment = Moment(noon, noon + timedelta(hours=4), ())
    return decide((subject,), Question(DecisionPoint.BIDDING_AWARD, facts), policy(), moment)


def test_there_is_one_example_for_each_kind_of_answer():
    assert {example.key for example in city().examples} == WANTED
    assert len(city().examples) == len(WANTED)
    assert {example.expected for example in city().examples} == {
        Verdict.CLEAR, Verdict.CONDITIONAL, Verdict.RESTRICTED,
    }  # fmt: skip


@pytest.mark.parametrize("key", sorted(WANTED))
def test_each_example_is_answered_as_it_says(key):
    example = city().example(key)

    assert answered(example).verdict is example.expected


@pytest.mark.parametrize(
    ("key", "letter"),
    [
        ("grade_a", GradeLetter.A),
        ("grade_a_two_years", GradeLetter.A),
        ("nonlocal", GradeLetter.A),
        ("a_watch", GradeLetter.A_WATCH),
        ("undetermined", GradeLetter.UNDETERMINED),
        ("malicious_arrears", GradeLetter.UNDETERMINED),
        ("grade_b", GradeLetter.B),
        ("grade_c", GradeLetter.C),
        ("convicted", GradeLetter.C),
        ("listed", GradeLetter.C),
        ("dormant", GradeLetter.NOT_RATED),
        ("unknown", GradeLetter.NOT_RATED),
    ],
)
def test_each_example_has_the_grade_that_it_stands_for(key, letter):
    assert answered(city().example(key)).grade.letter is letter


def test_only_grade_a_of_two_years_has_reached_the_milestone():
    since = {key: answered(city().example(key)).grade.held_since for key in ("grade_a", "grade_a_two_years")}

    assert since["grade_a"] > midnight(date(2024, 11, 24)) >= since["grade_a_two_years"]


def test_the_listing_about_to_expire_ends_in_ten_days():
    (ending,) = [listing for listing in listings(DAY) if listing.uscc == city().example("about_to_expire").uscc]
    measure = answered(city().example("about_to_expire")).measures[0]

    assert ending.acts
    assert measure.ground.effective_until == datetime(2026, 12, 3, 16, tzinfo=UTC)
    assert "2026-12-04" in city().example("about_to_expire").what_en


def test_the_disputed_listing_says_so():
    assert any(measure.ground.disputed for measure in answered(city().example("disputed")).measures)


@pytest.mark.parametrize("day", [date(2027, 2, 28), date(2027, 3, 31), date(2026, 12, 31), date(2027, 1, 1)])
def test_the_examples_hold_on_days_at_the_edge_of_months(day):
    wrong = {
        example.key: answered(example, day).verdict.name
        for example in city(day).examples
        if answered(example, day).verdict is not example.expected
    }

    assert wrong == {}


def test_every_code_is_sound_but_the_one_that_must_not_be():
    codes = {record.uscc for records in city().records.values() for record in records if record.uscc}
    unsound = []
    for code in codes:
        try:
            parsed = parse_uscc(code)
        except UsccError as error:
            unsound.append((code, error.why))
        else:
            assert parsed.organisation_check_sound
            assert parsed.division in {"420399", "610399"}

    assert unsound == [(city().example("nonconforming_code").uscc, "CHECK_CHARACTER")]


def test_nobody_in_it_can_be_taken_for_somebody_real():
    for records in city().records.values():
        for record in records:
            assert "示例" in record.name
            assert "样例" in record.name
    people = [record.enterprise.legal_representative for record in city().records["market_regulation"]]
    named = [person for person in people if person.document_number]
    assert len(named) > 200
    for person in named:
        assert is_resident_id(person.document_number)
        assert person.document_number.startswith("4203991900")


def test_codes_names_and_keys_are_all_different():
    profiles = city().records["market_regulation"]
    keys = [
        (feed, record.WhichOneof("fact"), record.source_key)
        for feed, records in city().records.items()
        for record in records
    ]

    assert len(profiles) == 300  # of the deregistered one there are two
    assert len({record.uscc for record in profiles}) == len({record.name for record in profiles}) == 299
    assert len(set(keys)) == len(keys)


def test_the_unknown_enterprise_has_no_record_at_all():
    stranger = city().example("unknown")

    assert parse_uscc(stranger.uscc).code == stranger.uscc
    assert all(record.uscc != stranger.uscc for records in city().records.values() for record in records)


def test_rows_are_numbered_and_feeds_carry_their_kinds_only():
    kinds = {feed.name: feed.kinds for feed in load_gateway(CONFIG / "gateway.toml").feeds}

    assert tuple(city().records) == FEEDS
    assert set(FEEDS) <= set(kinds)
    for feed, records in city().records.items():
        assert [record.row for record in records] == list(range(1, len(records) + 1))
        assert {record.WhichOneof("fact") for record in records} <= set(kinds[feed])
    assert {kind for records in city().records.values() for kind in (r.WhichOneof("fact") for r in records)} == set(
        FEED_OF_KIND
    )


def test_same_seed_and_day_give_the_same_bytes():
    def content(made):
        return [record.SerializeToString(deterministic=True) for each in made.records.values() for record in each]

    again = make_city(7, DAY)
    assert content(again) == content(city())
    assert again.examples == city().examples
    assert content(make_city(8, DAY)) != content(city())
    assert content(make_city(7, date(2026, 11, 25))) != content(city())


def test_a_city_too_small_for_its_examples_is_refused():
    with pytest.raises(ValueError, match="at least 29"):
        make_city(7, DAY, 28)
    assert len(make_city(7, DAY, 29).records["market_regulation"]) == 29


def test_a_load_has_a_realistic_mix_that_the_gateway_understands():
    reader = RecordReader(OpenVault())
    made = list(make_load(3, DAY, 2_000))
    kinds = Counter(record.WhichOneof("fact") for _, record in made)
    for feed, record in made:
        reader.read(record, feed)

    assert kinds["enterprise"] == kinds["five_systems"] == 2_000
    assert 300 <= kinds["complaint"] <= 500
    assert 60 <= kinds["arrears"] <= 140
    assert 10 <= kinds["listing_act"] / 3 <= 35
    assert [feed for feed, _ in made] == sorted((feed for feed, _ in made), key=FEEDS.index)


def test_a_load_reaches_the_number_of_records_asked_for_with_keys_of_their_own():
    made = [
        (feed, record.WhichOneof("fact"), record.source_key) for feed, record in make_load(3, DAY, 50, records=1_111)
    ]

    assert len(made) == len(set(made)) == 1_111
    assert len(list(make_load(3, DAY, 50, records=10))) == len(list(make_load(3, DAY, 50)))


def test_a_load_is_made_record_by_record():
    for _ in make_load(3, DAY, 10):
        pass
    tracemalloc.start()
    count = sum(1 for _ in make_load(3, DAY, 1_500, records=10_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 10_000
    assert peak < 1_000_000
