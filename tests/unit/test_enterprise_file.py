"""Whether a version holds, pages that fit into a message, and tokens that cannot be made."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import enterprise_file_pb2 as pb
from listing_life import CALENDAR
from meeting_samples import AGENCIES, AGENDA, RECORDED, acted, agenda
from store_samples import FACTS, PROFILE, act, code

from formats.civil import midnight
from gateway.domain.agencies import Agency, Role
from gateway.domain.call_record import CallerSeen
from gateway.domain.enterprise_file import Held, Holdings
from gateway.domain.errors import EnterpriseNotFoundError, FieldNotInMandateError, MalformedRequestError
from gateway.domain.listings import Listing
from gateway.domain.page_token import read_token, write_token
from gateway.domain.recorded import RecordedVersion
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import Holding, ListingActKind
from gateway.domain.withdrawals import Withdrawal
from gateway.rpc.enterprise_file import EnterpriseFileServicer
from gateway.rpc.file_answers import AT_A_GLANCE, PAGE_BYTES, page_pb
from gateway.rpc.method import Call
from gateway.rpc.server import MESSAGE_LIMIT
from gateway.services.file_ports import FilePlace, FileRelation, FileRevision, FileVersion
from gateway.services.get_enterprise_file import FilePage, GetEnterpriseFile
from gateway.services.joint_meetings import JointMeetings

DAY = date(2026, 6, 1)
NOW = midnight(DAY) + timedelta(hours=12)
SAMPLES = dict(FACTS)
PUBLICATION = SAMPLES["publication"]
WITHDRAWN = Withdrawal(record_id="w", target_id="p", decided_on=date(2026, 5, 1), holds_until=None, reason="撤销")


def version(content, record_id="p"):
    return RecordedVersion(kind="publication", record_id=record_id, uscc=code(1), content=content)


def judged(content, facts=(), *, current=True, moment=NOW):
    return Holdings(facts, moment).of(version(content), current=current)


@pytest.mark.parametrize(
    ("since", "until", "holding"),
    [
        (DAY, DAY + timedelta(days=1), Holding.HOLDS),
        (DAY + timedelta(days=1), DAY + timedelta(days=9), Holding.NOT_YET),
        (DAY - timedelta(days=9), DAY, Holding.NO_LONGER),
    ],
)
def test_a_version_holds_from_its_first_day_and_no_more_on_its_end(since, until, holding):
    dated = replace(PUBLICATION, published_on=since, display_until=until)

    assert judged(dated) == Held(since, until, holding)


def test_a_withdrawal_shortens_what_is_current_and_nothing_that_was_replaced_before():
    until = date(2026, 5, 10)
    from_a_day = replace(WITHDRAWN, holds_until=until)

    assert judged(PUBLICATION, [WITHDRAWN]).holding is Holding.VOID
    assert judged(PUBLICATION, [from_a_day]) == Held(PUBLICATION.published_on, until, Holding.NO_LONGER, "w")
    assert judged(PUBLICATION, [from_a_day], moment=midnight(date(2026, 5, 9))).holding is Holding.HOLDS
    assert judged(PUBLICATION, [WITHDRAWN], current=False).holding is Holding.HOLDS
    late = replace(WITHDRAWN, holds_until=date(2030, 1, 1))
    assert judged(PUBLICATION, [late]).until == PUBLICATION.display_until
    other = replace(WITHDRAWN, target_id="q")
    assert judged(PUBLICATION, [other]) == judged(PUBLICATION)


def test_an_act_holds_from_the_instant_at_which_it_counts():
    """A-126: a delivery known by its day counts from the next midnight."""
    delivered = act(1, ListingActKind.DELIVERY, DAY).listing_act

    assert judged(delivered).holding is Holding.NOT_YET
    assert judged(delivered, moment=midnight(DAY + timedelta(days=1))).holding is Holding.HOLDS
    assert judged(act(1, ListingActKind.DECISION, DAY).listing_act).holding is Holding.HOLDS


def filed(number, content=PUBLICATION, until=None):
    return FileVersion(
        kind="publication",
        record_id=f"p{number:05d}",
        uscc=code(1),
        content=content,
        place=FilePlace(number, 1, f"p{number:05d}"),
        recorded_from=number,
        recorded_until=until,
    )


LARGE = replace(SAMPLES["penalty"], violation_facts="甲" * 2_000, basis="乙" * 1_000, content="丙" * 2_000)
HELD = Held(DAY, None, Holding.HOLDS)


def page(versions, *, more=False, dossier=None, related=(), first=True):
    revisions = {
        number: FileRevision(number, NOW, "hrss", "labour", "r" * 64)
        for v in versions
        for number in (v.recorded_from, 9_999)
    }
    return FilePage(
        revision=9_999,
        as_of=NOW,
        dossier=dossier or Dossier(code(1)),
        related=related,
        first=first,
        versions=[(v, HELD) for v in versions],
        revisions=revisions,
        more=more,
    )


def test_a_page_of_large_records_fits_into_a_message_and_the_next_goes_on_after_it():
    versions = [filed(number, LARGE, until=9_999) for number in range(1, 1_001)]
    seen, rest = [], versions
    while True:
        shown, last = page_pb(page(rest), NOW)
        assert shown.ByteSize() + 1 > PAGE_BYTES / 2 or last is None
        assert shown.ByteSize() < MESSAGE_LIMIT - 16 * 1024
        seen += [each.record_id for each in shown.versions]
        named = {n for each in shown.versions for n in (each.recorded_from, each.recorded_until)}
        assert [each.revision for each in shown.revisions] == sorted(named)
        if last is None:
            break
        rest = [v for v in rest if v.place > last]

    assert seen == [v.record_id for v in versions]


def test_the_summary_of_a_large_enterprise_leaves_room_and_says_what_it_leaves_out():
    profiles = tuple(
        replace(PROFILE, name="甲" * 100, record_id=str(n), head_office_uscc=code(n)) for n in range(3_000)
    )
    listings = tuple(Listing("L" * 120 + f"{n:08d}", code(1), (act(1).listing_act,)) for n in range(3_000))
    posts = tuple(replace(SAMPLES["post"], record_id="p" * 120 + str(n)) for n in range(3_000))
    related = [FileRelation("BRANCH", code(n), DAY) for n in range(3_000)]
    dossier = Dossier(code(1), profiles, posts, listings)
    shown, last = page_pb(page([filed(1)], more=True, dossier=dossier, related=related), NOW)

    assert shown.ByteSize() < MESSAGE_LIMIT - 16 * 1024
    summary = shown.summary
    assert {len(each) for each in (summary.names, summary.relations, summary.posts, summary.listings)} == {AT_A_GLANCE}
    assert shown.summary.left_out == 3 * 2_000 + 5_000
    assert last == filed(1).place
    assert len(shown.versions) == 1


def test_the_summary_says_names_over_time_and_every_relation():
    first = replace(PROFILE, record_id="1", head_office_uscc=code(5))
    second = replace(
        PROFILE, record_id="2", name="乙", valid_from=DAY, head_office_uscc=code(5), successor_of_uscc=code(6)
    )
    listing = Listing("L", code(1), (act(1).listing_act,), frozenset({"p", "q"}))
    dossier = Dossier(code(1), (first, second), (SAMPLES["post"],), (listing,))
    shown, _ = page_pb(page([], dossier=dossier, related=[FileRelation("BRANCH", code(7), DAY)]), NOW)
    summary = shown.summary

    assert [(each.name, each.valid_from, each.valid_until) for each in summary.names] == [
        (PROFILE.name, "2020-01-01", "2026-06-01"),
        ("乙", "2026-06-01", ""),
    ]
    assert [(each.relation, each.uscc, each.valid_from) for each in summary.relations] == [
        ("HEAD_OFFICE", code(5), "2020-01-01"),
        ("PREDECESSOR", code(6), "2026-06-01"),
        ("BRANCH", code(7), "2026-06-01"),
    ]
    assert [(each.post, each.held_from, each.held_until) for each in summary.posts] == [
        ("DIRECTOR", "2024-02-29", "2026-02-28")
    ]
    assert [(each.as_of.listing_id, each.state_now, each.persons) for each in summary.listings] == [("L", "DECIDED", 2)]
    assert not page_pb(page([], first=False), NOW)[0].HasField("summary")


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "A" * 60])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(ValueError, match="page token"):
        read_token(b"k" * 32, b"q", token)


def test_a_token_is_good_for_its_question_and_key_only():
    token = write_token(b"k" * 32, b"q", [7, "x"])

    assert read_token(b"k" * 32, b"q", token) == [7, "x"]
    for key, question, sent in ((b"j" * 32, b"q", token), (b"k" * 32, b"p", token), (b"k" * 32, b"q", token + "=")):
        with pytest.raises(ValueError, match="another search"):
            read_token(key, question, sent)


class Store:
    """Register, history and files of one enterprise with three versions, at revision 3."""

    revision = 3

    def __init__(self, versions=3):
        self._versions = [filed(number) for number in range(1, versions + 1)]

    def revision_at(self, _instant):
        return 2

    def dossier(self, _uscc, revision):
        return Dossier(code(1)) if self._versions and revision else None

    def versions(self, wanted, after, size):
        found = [v for v in self._versions if v.recorded_from <= wanted.revision and (after is None or v.place > after)]
        return found[:size]

    def related(self, _uscc, _revision):
        return []

    def revisions(self, numbers):
        return {number: FileRevision(number, NOW, "hrss", "labour", "r") for number in numbers}


class HeldMeetings:
    """A store with one meeting, recorded in two versions."""

    def all_acts(self):
        return [[acted(AGENDA), acted(agenda(number="改"), at=RECORDED + timedelta(days=1))]]


def asked(store, fields=("whole_record", "known_at", "past_as_of"), agency="hrss", **parts):
    whole = {"uscc": code(1), "case_ref": "c", "officer": "o", "page_size": 2}
    caller = Agency(
        agency_id=agency, name_zh="a", name_en="a", role=Role.PRODUCER, territory="420300", fields=frozenset(fields)
    )
    call = Call(CallerSeen(agency=agency, role=Role.PRODUCER), caller, NOW)
    meetings = JointMeetings(HeldMeetings(), AGENCIES, None, "w", CALENDAR)
    servicer = EnterpriseFileServicer(GetEnterpriseFile(store, store, store, b"k" * 32), meetings)
    request = pb.GetEnterpriseFileRequest(**{**whole, **parts})
    return asyncio.run(servicer.get_enterprise_file(request, call)).message, call.told


def stamp(moment):
    sent = Timestamp()
    sent.FromDatetime(moment)
    return sent


def test_all_pages_are_of_one_revision_and_moment_whatever_is_submitted_meanwhile():
    store = Store()
    first, told = asked(store)
    store.revision = 4
    second, _ = asked(store, page_token=first.next_page_token)

    assert [each.record_id for each in (*first.versions, *second.versions)] == ["p00001", "p00002", "p00003"]
    assert (first.data_revision, second.data_revision, second.next_page_token) == (3, 3, "")
    assert (first.as_of, second.as_of) == (stamp(NOW), stamp(NOW))
    assert (told["revision"], told["versions"], told["enterprises"], told["case"]) == (3, 2, [code(1)], "c")


def test_a_token_for_an_earlier_knowledge_is_of_no_use_without_it():
    past = stamp(NOW - timedelta(days=1))
    first, _ = asked(Store(), page_size=1, known_at=past)

    assert first.data_revision == 2
    for other in (
        {},
        {"known_at": past, "uscc": code(2)},
        {"known_at": past, "agency": "other"},
        {"known_at": past, "kinds": ["post"]},
        {"known_at": past, "newest_only": True},
    ):
        with pytest.raises(MalformedRequestError) as caught:
            asked(Store(), page_size=1, page_token=first.next_page_token, **other)
        assert caught.value.field == "page_token"


@pytest.mark.parametrize(
    ("granted", "parts", "field"),
    [
        (("known_at", "past_as_of"), {}, "uscc"),
        (("known_at", "past_as_of"), {"uscc": "", "case_ref": ""}, "uscc"),
        (("whole_record",), {"known_at": stamp(NOW), "uscc": ""}, "known_at"),
        (("whole_record",), {"as_of": stamp(NOW), "uscc": ""}, "as_of"),
    ],
)
def test_the_mandate_comes_before_any_format(granted, parts, field):
    with pytest.raises(FieldNotInMandateError) as caught:
        asked(Store(), granted, **parts)
    assert caught.value.metadata["field"] == field


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"uscc": ""}, "uscc"),
        ({"uscc": "91"}, "uscc"),
        ({"kinds": ["rumour"]}, "kinds[0]"),
        ({"kinds": ["post", "post"]}, "kinds[1]"),
        ({"page_size": 1_001}, "page_size"),
        ({"page_token": "x"}, "page_token"),
        ({"as_of": stamp(NOW + timedelta(seconds=1))}, "as_of"),
        ({"known_at": stamp(NOW + timedelta(seconds=1))}, "known_at"),
        ({"purpose": "x" * 257}, "purpose"),
    ],
)
def test_a_field_at_fault_is_named(parts, field):
    with pytest.raises(MalformedRequestError) as caught:
        asked(Store(), **parts)
    assert caught.value.field == field


def test_an_enterprise_of_which_nothing_is_on_record_is_not_found():
    with pytest.raises(EnterpriseNotFoundError):
        asked(Store(0))


def test_the_first_page_names_the_meetings_for_who_convenes_them_as_they_were_known():
    granted = ("whole_record", "known_at", "joint_meetings")

    def named(**more):
        page, _ = asked(Store(), **more)
        return [(each.meeting_id, each.number, each.held_on) for each in page.summary.meetings]

    assert named(fields=granted) == [("M", "改", "2026-03-02")]
    assert named(fields=granted, known_at=stamp(RECORDED)) == [("M", "联席〔2026〕3号", "2026-03-02")]
    assert named() == []
