"""What an agency receives of its cases, acknowledges, and is told of how far it came, in every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from contract.test_dossier_service import dossiers, send  # noqa: F401 - a fixture
from contract.test_referral_store import clock, kept, opened, referrals, took, vault  # noqa: F401 - fixtures
from referral_samples import COURT, HRSS, NOW, PAYMENT, POLICE, PROCURATORATE
from silence_site import BOUNDS

from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.referral_payments import BEFORE_FILING
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.services.referral_inbox import ReferralInbox
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.referral_silences import SqlSilences


@pytest.fixture
def inbox(dossiers, referrals, engine):  # noqa: F811 - the fixtures' values
    """The inboxes of a case that was sent, received and paid."""
    send(dossiers)
    took(referrals, Kind.RECEIPT, by=POLICE)
    made = ReferralInbox(referrals, SqlDeliveries(engine), SqlSilences(engine), BOUNDS)
    _, meaning = asyncio.run(made.pay(HRSS, ("paid", "d", "YS-1"), PAYMENT))
    assert meaning == BEFORE_FILING
    return made


def places(inbox, who, after=0):
    return [entry.place for _, entry in asyncio.run(inbox.unacknowledged(who, after))]


def test_what_is_received_lies_after_the_place_that_was_asked_for_until_it_is_acknowledged(inbox):
    first, last = places(inbox, POLICE)
    assert places(inbox, POLICE, first) == [last]
    assert places(inbox, POLICE, last) == []
    assert asyncio.run(inbox.acknowledge(POLICE, "a", [last]))[1] == 1
    assert places(inbox, POLICE) == [first]
    assert places(inbox, PROCURATORATE) == [first, first + 1, last], "and nobody else's"
    assert places(inbox, COURT) == []


def test_what_was_not_received_is_not_acknowledged_nor_anything_with_it(inbox):
    first, last = places(inbox, POLICE)
    own = first + 1
    for foreign in (own, last + 1, 1):
        with pytest.raises(EnterpriseNotFoundError):
            asyncio.run(inbox.acknowledge(POLICE, f"a-{foreign}", [first, foreign]))
    assert places(inbox, POLICE) == [first, last]


def test_entries_of_several_cases_are_told_in_the_order_in_which_they_were_written(inbox, referrals):  # noqa: F811
    """The case that comes later in the alphabet has the entry in between."""
    first, last = places(inbox, PROCURATORATE)[0], places(inbox, PROCURATORATE)[-1]
    listed = asyncio.run(referrals.listed(PROCURATORATE, open_only=False))
    referrals.listed = reversed_listing(listed)
    assert places(inbox, PROCURATORATE) == [first, first + 1, last]


def reversed_listing(cases):
    """Return a way to list cases that tells their entries backwards."""

    async def listed(_agency, *, open_only):
        assert not open_only
        return [replace(case, entries=tuple(reversed(case.entries))) for case in cases]

    return listed


def test_the_sender_is_told_how_far_everything_came_and_others_of_their_own(inbox, referrals):  # noqa: F811
    case = asyncio.run(referrals.read(HRSS, "YS-1"))

    def told(who):
        return {each.recipient for each in asyncio.run(inbox.transport(case, who, NOW))}

    assert told(HRSS) == {"police", "procuratorate"}
    assert told(POLICE) == {"police"}
    assert told(PROCURATORATE) == {"procuratorate"}


def test_an_agency_whose_mandate_has_ended_is_no_recipient_any_more(inbox, referrals):  # noqa: F811
    case = asyncio.run(referrals.read(HRSS, "YS-1"))
    ended = replace(POLICE, valid_until=NOW)
    referrals._callers = [ended if each is POLICE else each for each in referrals._callers]
    assert {each.recipient for each in asyncio.run(inbox.transport(case, HRSS, NOW))} == {"procuratorate"}
