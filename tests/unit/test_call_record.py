"""What is recorded of a call fits into its entry, whatever the caller sends within the wire's limits."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import FULL_FACTS, NOW, policy

from formats import canonical
from gateway.domain.agencies import Agency, Role
from gateway.domain.audit import BODY_LIMIT, LINE_LIMIT, Draft, salts_needed, seal
from gateway.domain.call_record import (
    DOUBTS_ROOM,
    FIELD_LIMIT,
    GROUNDS_ROOM,
    KEYED,
    MEASURES_ROOM,
    OK,
    CallerSeen,
    CallRecord,
    body_of,
    has_more,
    recorded_doubts,
    recorded_grounds,
    recorded_measures,
    recorded_name,
)
from gateway.domain.case_facts import CaseFacts
from gateway.domain.eligibility import Question
from gateway.domain.records import RelationKind
from gateway.domain.replay import ReplayResult
from gateway.domain.vocabulary import CutoffRule, DecisionPoint
from gateway.rpc.questions import told_facts, told_of
from gateway.rpc.replay import told_run
from gateway.rpc.told_moment import FEED_BYTES, FEEDS_ROOM, MOST_PARTIES, told_moment
from gateway.services.check_eligibility import Basis, Item
from gateway.services.freshness import SourceAge
from gateway.services.identify import NamedParty
from gateway.services.replay_sample import NAMED, SampledReplay, SampleRun

LONG_CHINESE = "示" * 100
QUOTES = '"' * 300
SEEN = CallerSeen(
    agency="a" * 64,
    role="r" * 64,
    holder="h" * 64,
    identity="spiffe://" + "t" * 255 + "/agency/" + "a" * 64 + "/" + "r" * 64 + "/" + "h" * 64,
    certificate="f" * 64,
    peer="ipv6:%5B2001:db8:ffff:ffff:ffff:ffff:ffff:ffff%5D:65535",
    tls="TLSv1.3",
    group="X25519MLKEM768",
)
RULE_IDS = sorted((row.rule_id for row in policy().rows), key=len, reverse=True)
CUT_OFF = {"cutoff_rule": CutoffRule.FIXED, "cutoff_at": NOW}
DOUBTS = [f"INCOMPLETE_RECORD: {number:03}{'号' * 41}: document_number" for number in range(8)]


def parties(name, others=20):
    yield NamedParty("91420300MA0000001R", name, RelationKind.SELF, conforming=True, field="enterprise")
    for relation in (RelationKind.CONSORTIUM_MEMBER, RelationKind.RELATED_PARTY):
        for number in range(others):
            yield NamedParty(f"91420300MA00{number:05}R", name, relation, conforming=True, field="x")


def told_item(name, others=20):
    """Return what an item tells at the most: 20 members, 20 related parties, every fact, more measures than fit."""
    facts = CaseFacts(**FULL_FACTS | CUT_OFF, lot='"' * 64)
    item = Item(Question(DecisionPoint.BIDDING_AWARD, facts), tuple(parties(name, others)))
    return {
        **told_of(item),
        "facts": told_facts(facts),
        "verdict": 4,
        "measures": recorded_measures(RULE_IDS[:200]),
        "grounds": recorded_grounds([f"{number:03}" + '"' * 28 for number in range(200)]),
        "grade": "UNDETERMINED",
        "doubts": recorded_doubts(DOUBTS),
        "valid_until": "2026-11-24T08:00:00.000000Z",
    }


def moment_of(feeds, mandate=2**53 - 1, parties=0):
    ages = tuple(
        SourceAge(f"feed_{number:03}", timedelta(days=99_000), timedelta(days=99_000)) for number in range(feeds)
    )
    basis = Basis(1, NOW, None, False, timedelta(days=9_000), ages, NOW)  # noqa: FBT003 - no preview
    return told_moment(basis, replace(asker(), version=mandate), explain=True, parties=parties)


def asker():
    return Agency(agency_id="a", name_zh="a", name_en="a", role=Role.BANK, territory="420300")


def fullest_moment(parties=0):
    """Return what the moment tells at the most: of as many feeds as there is room for."""
    return next(told for feeds in range(60, 0, -1) if "freshness" in (told := moment_of(feeds, parties=parties)))


def told_question(name, others=20):
    instant = "2026-11-24T08:00:00.000000Z"
    return {
        "area": 11,
        "point": 93,
        "case": '"' * 128,
        "officer": '"' * 64,
        "purpose": '"' * 256,
        "authorization": '"' * 128,
        "request_id": '"' * 64,
        "policy": {"profile": "p" * 64, "version": "v" * 64, "digest": "d" * 64},
        "rules": "e" * 64,
        "revision": 2**53 - 1,
        "as_of": instant,
        "known_at": instant,
        "preview": True,
        **(fullest_moment() if 1 + 2 * others <= MOST_PARTIES else moment_of(200)),
        **told_item(name, others),
    }


def record(told, **changes):
    values = {"response": "b" * 64, "told": told} | changes
    return CallRecord("CreditService/BatchCheckEligibility", OK, SEEN, "c" * 64, 9_999_999, **values)


def sealed(body, lines=()):
    draft = Draft(body, lines)
    return seal(draft, "node-1.0", 2**53 - 1, datetime(2026, 11, 24, tzinfo=UTC), os.urandom(salts_needed(draft)))


@pytest.mark.parametrize("name", ["", LONG_CHINESE, QUOTES, "示例一号公司", '"' * 30, "示" * 20])
def test_the_largest_question_fits_into_a_body(name):
    for others in (20, (MOST_PARTIES - 1) // 2):
        entry = sealed(body_of(record(told_question(name, others))))
        assert len(entry.body) <= BODY_LIMIT
        assert (b'"freshness"' in entry.body) == (others < 20)


@pytest.mark.parametrize("name", ["", LONG_CHINESE, QUOTES, "示例一号公司", '"' * 30, "示" * 20])
def test_the_largest_item_fits_into_a_batch_line(name):
    line = {"item": 999, "id": '"' * 64, **told_item(name)}
    entry = sealed(body_of(record({"area": 3})), [line])
    assert len(entry.lines[0].content) <= LINE_LIMIT


def test_the_ages_of_more_feeds_than_fit_are_left_out_and_all_else_is_told():
    written = canonical.encode(fullest_moment()["freshness"]["feeds"])
    assert FEEDS_ROOM - 4 * FEED_BYTES < len(written) <= FEEDS_ROOM
    assert moment_of(1, parties=MOST_PARTIES)["freshness"]
    assert moment_of(200) == moment_of(1, parties=MOST_PARTIES + 1) == {"mandate": 2**53 - 1, "explain": True}


def test_a_mandate_that_no_store_has_numbered_is_not_told():
    assert "mandate" not in moment_of(1, mandate=0)


def test_the_largest_review_and_the_largest_sample_fit_into_a_body():
    said = {"id": "r" * 31, "origin": "o" * 200, "size": 2**53 - 1, "checkpoint": "a" * 64, "findings": list(range(8))}
    review = {**said, "text": '"' * 2_047, "since": "2" * 27, "until": "2" * 27}
    who = {"officer": '"' * 64, "request_id": '"' * 64, "assertion": {"kid": "k" * 32, "nonce": "n" * 64}}
    named = tuple(SampledReplay("w" * 64, 2**53 - 1, 999, ReplayResult.DIFFERENT_INPUTS) for _ in range(NAMED))
    run = SampleRun(NOW, 2_000, dict.fromkeys(ReplayResult, 1_000), named)
    for told in ({"review": review}, {"replay": told_run(run)}):
        assert len(sealed(body_of(record({**who, **told}))).body) <= BODY_LIMIT


def test_the_largest_refusal_fits_into_a_body():
    refused = record(told_question(QUOTES), response="", faulty_field="示" * 1000)
    assert len(sealed(body_of(refused)).body) <= BODY_LIMIT


def test_what_does_not_apply_is_absent_and_the_request_id_stands_with_the_request():
    body = body_of(CallRecord("M", OK, CallerSeen(agency="a"), "c" * 64, 5, told={"request_id": "r-1", "area": 3}))
    assert body == {
        "method": "M",
        "outcome": "OK",
        "caller": {"agency": "a"},
        "latency_us": 5,
        "area": 3,
        "request": {"sha256": "c" * 64, "id": "r-1"},
    }


def test_a_keyed_hash_of_a_request_stands_under_its_own_name():
    body = body_of(CallRecord("M", "STATE", CallerSeen(), f"{KEYED}{'c' * 64}", 5, told={"request_id": "r-1"}))
    assert body["request"] == {"keyed": "c" * 64, "id": "r-1"}


def test_an_answer_is_recorded_by_its_hash_and_a_request_without_an_id_by_its_own():
    body = body_of(record({"area": 3}))
    assert body["response"] == "b" * 64
    assert body["request"] == {"sha256": "c" * 64}
    assert "response" not in body_of(record({"area": 3}, response=""))


def test_a_name_is_recorded_as_it_is_up_to_sixty_bytes_and_as_its_hash_beyond():
    assert recorded_name("示" * 20) == "示" * 20
    longer = recorded_name("示" * 21)
    assert longer.startswith("sha256:")
    assert longer != recorded_name("示" * 22)
    assert recorded_name("") == ""
    assert recorded_name(QUOTES[:31]) != QUOTES[:31]


def test_measures_beyond_their_room_are_counted():
    kept = recorded_measures(RULE_IDS[:100])
    assert kept[:-1] == RULE_IDS[: len(kept) - 1]
    assert kept[-1] == f"+{100 - len(kept) + 1}"
    assert len(kept) > 8
    assert len(canonical.encode(kept)) <= MEASURES_ROOM


def test_records_told_of_beyond_their_room_are_counted_and_a_long_id_is_its_hash():
    ids = [f"listing-{number}" for number in range(200)]
    kept = recorded_grounds(ids)
    assert kept[:-1] == ids[: len(kept) - 1]
    assert (has_more(kept), has_more(ids), has_more([])) == (True, False, False)
    assert len(canonical.encode(kept)) <= GROUNDS_ROOM
    assert recorded_grounds(ids[:20]) == ids[:20] != []
    (long,) = recorded_grounds(["示" * 40])
    assert long.startswith("sha256:")


def test_a_few_measures_and_doubts_are_recorded_whole():
    assert recorded_measures(RULE_IDS[:5]) == RULE_IDS[:5]
    assert recorded_doubts(["STALE_SOURCE: hrss"]) == ["STALE_SOURCE: hrss"]
    assert recorded_measures([]) == recorded_doubts([]) == []


def test_one_doubt_too_long_for_its_room_is_counted():
    assert recorded_doubts(["号" * 200]) == ["+1"]
    assert len(canonical.encode(recorded_doubts(DOUBTS))) <= DOUBTS_ROOM


def test_a_field_at_fault_is_cut_to_whole_characters():
    body = body_of(CallRecord("M", "MALFORMED_REQUEST", SEEN, "c" * 64, 5, faulty_field="号" * 50))
    assert body["field"] == "号" * (FIELD_LIMIT // 3)
