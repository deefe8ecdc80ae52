"""Stolen identities over both stores: what a link carries, whom its falling concerns, and who is told (X-02)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from audit_calls import KEY, body, record
from listing_life import CALENDAR
from store_samples import RULES, act, code, fact, profile, submission

from formats.civil import format_instant
from gateway.domain.audit import Draft
from gateway.domain.kinds.identity_dispute import DisputeOutcome
from gateway.domain.timeline import build
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.services.endings import Endings, PastGrounds
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.endings import SqlEndingStore

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
OPEN = {"outcome": None, "decided_on": None}
GENUINE = {"outcome": DisputeOutcome.GENUINE_LINK}


class Clock:
    """A clock that stands."""

    def now(self):
        return NOON

    def boot_seconds(self):
        return 0.0


@pytest.fixture
def audit(tmp_path):
    (tmp_path / "audit").mkdir()
    place = FolderPlace(tmp_path / "audit")
    yield place
    place.close()


@pytest.fixture
def made(engine, history, audit, tmp_path):
    (tmp_path / "key").write_bytes(KEY)
    index = AccessIndex(audit, tmp_path / "key")
    return lambda: Endings(SqlEndingStore(engine), index, PastGrounds(history, RULES), Clock(), "writer-1")


@pytest.fixture
def listed(store):
    """1 is listed with the persons p and q; p represents 2 and 3, q represents 4. The revision that holds it."""
    persons = {2: "p", 3: "p", 4: "q"}
    others = (profile(number, representative_key=key) for number, key in persons.items())
    store.submit(submission("profiles", profile(1, representative_key="p"), *others))
    acts = act(1, persons=["p", "q"]), act(1, Kind.DELIVERY, date(2026, 3, 3))
    revision, _ = store.submit(submission("listing", *acts))
    return revision


def dispute(number, request_id="dispute", person="p", **changes):
    return submission(request_id, fact(number, "identity_dispute", f"dispute-{number}", person=person, **changes))


def reached(history, revision):
    """Return which of 2, 3 and 4 the listing of 1 reaches, and whether as a disputed one."""
    found = {}
    for number in (2, 3, 4):
        standing, _ = build(history.dossier(code(number), revision), RULES).at(NOON)
        shown = [ground.disputed for ground in standing.grounds if ground.record_id == "listing-1"]
        found |= {number: shown[0]} if shown else {}
    return found


def answered(audit, revision, *numbers, agency="bidding", grounds=("listing-1",), **content):
    told = {"grounds": list(grounds), "revision": revision, "as_of": format_instant(NOON), "case": f"C-{agency}"}
    parties = [code(number) for number in numbers]
    record(audit, Draft(body(**told, caller={"agency": agency}, enterprises=parties, **content)))


def told(endings, agency="bidding"):
    return [
        (own.known.ending.kind.name, own.known.ending.record_id, own.known.ending.uscc)
        for own in endings._of_agency(agency)
    ]


def test_a_dispute_about_the_represented_enterprise_is_its_own_alone(store, history, listed):
    assert reached(history, listed) == {2: False, 3: False, 4: False}
    open_, _ = store.submit(dispute(2, **OPEN))
    assert reached(history, open_) == {2: True, 3: False, 4: False}
    false, _ = store.submit(dispute(2, "decided"))
    assert reached(history, false) == {3: False, 4: False}
    assert reached(history, open_) == {2: True, 3: False, 4: False}
    genuine, _ = store.submit(dispute(2, "corrected", **GENUINE))
    assert reached(history, genuine) == {2: False, 3: False, 4: False}


def test_a_dispute_about_the_listed_enterprise_is_everybodys_whom_it_reaches_through_that_person(
    store, history, listed
):
    open_, _ = store.submit(dispute(1, **OPEN))
    assert reached(history, open_) == {2: True, 3: True, 4: False}
    false, _ = store.submit(dispute(1, "decided"))
    assert reached(history, false) == {4: False}
    standing, _ = build(history.dossier(code(1), false), RULES).at(NOON)
    assert "listing-1" in {ground.record_id for ground in standing.grounds}


@pytest.mark.parametrize(("number", "concerned"), [(1, {1, 2, 3}), (2, {2})])
def test_an_index_reads_everybody_anew_whom_a_dispute_concerns(store, history, listed, number, concerned):
    for request_id, changes in (("open", OPEN), ("false", {}), ("moved", GENUINE)):
        revision, _ = store.submit(dispute(number, request_id, **changes))
        assert history.touched(revision - 1, revision).codes >= {code(each) for each in concerned}


def test_of_another_person_or_at_another_enterprise_nothing_changes(store, history, listed):
    store.submit(dispute(2, "another person", person="nobody"))
    revision, _ = store.submit(dispute(5, "another enterprise"))
    assert reached(history, revision) == {2: False, 3: False, 4: False}


def test_whoever_was_told_through_the_false_link_is_recalled_and_nobody_else(store, made, audit, listed):
    answered(audit, listed, 2)
    answered(audit, listed, 6, 2, agency="member")
    answered(audit, listed, 1, agency="direct")
    answered(audit, listed, 3, agency="other")
    answered(audit, listed, 2, agency="unnamed", grounds=["+9"])
    answered(audit, listed, 3, agency="unnamed-other", grounds=["+9"])
    revision, _ = store.submit(dispute(2))
    answered(audit, revision, 2, agency="later", grounds=["listing-1"])
    endings = made()
    recalled = [("RECALLED", "listing-1", code(2))]
    agencies = ("bidding", "member", "direct", "other", "unnamed", "unnamed-other", "later")
    assert [told(endings, each) for each in agencies] == [recalled, recalled, [], [], recalled, [], []]
    owing = [(one.agency, one.known.ending.uscc) for one in asyncio.run(endings.at_agencies(CALENDAR))]
    assert sorted(owing) == [("bidding", code(2)), ("member", code(2)), ("unnamed", code(2))]


def test_a_false_link_of_the_listed_enterprise_is_recalled_for_each_whom_it_reached(store, made, audit, listed):
    for number in (1, 2, 3, 4):
        answered(audit, listed, number, agency=f"about-{number}")
    store.submit(dispute(1))
    found = {number: [uscc for _, _, uscc in told(made(), f"about-{number}")] for number in (1, 2, 3, 4)}
    assert found == {1: [], 2: [code(2)], 3: [code(3)], 4: []}


def test_an_open_dispute_recalls_nothing_and_a_decision_is_recalled_once(store, made, audit, listed):
    answered(audit, listed, 2)
    endings = made()
    store.submit(dispute(2, **OPEN))
    assert told(endings) == []
    store.submit(dispute(2, "false"))
    (own,) = endings._of_agency("bidding")
    assert own.cases == ("C-bidding",)
    endings._acknowledge("bidding", "r-1", "d", own.known.ending.ending_id)
    store.submit(dispute(2, "corrected number", document_number="更正2号"))
    for each in (endings, made()):
        (again,) = each._of_agency("bidding")
        assert again.acknowledged_at == NOON
    (only,) = asyncio.run(made().at_agencies(CALENDAR))
    assert (only.agency, only.acknowledged_at) == ("bidding", NOON)


def test_the_listing_that_was_recalled_for_one_ends_for_all_others_as_ever(store, made, audit, listed):
    answered(audit, listed, 1, agency="direct")
    answered(audit, listed, 2)
    store.submit(dispute(2))
    store.submit(submission("repair", act(1, Kind.REPAIR, date(2026, 5, 1))))
    endings = made()
    assert told(endings, "direct") == [("REPAIRED", "listing-1", code(1))]
    assert ("RECALLED", "listing-1", code(2)) in told(endings)


def test_a_dispute_that_moves_to_another_enterprise_gives_the_first_its_link_back(store, history, made, audit, listed):
    store.submit(dispute(2))
    moved = replace(fact(3, "identity_dispute", "dispute-2", person="p"))
    revision, _ = store.submit(submission("moved", moved))
    assert reached(history, revision) == {2: False, 4: False}
    answered(audit, listed, 3)
    assert told(made()) == [("RECALLED", "listing-1", code(3))]
