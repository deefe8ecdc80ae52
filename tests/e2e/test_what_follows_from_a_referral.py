"""What follows from a referral, over mutual TLS: the bar of a listing, and clocks among those of HRSS."""

from __future__ import annotations

from datetime import timedelta

import pytest
from e2e.referring import HRSS, POLICE, facts, parties, sent, take
from e2e.served import gateway_in, new_party, today
from e2e.test_watching_changes import CONNECTOR, submit_one, watching
from google.protobuf import text_format
from jointsanctions.v1 import clock_pb2, listing_pb2
from jointsanctions.v1 import referral_pb2 as pb

pytestmark = pytest.mark.xdist_group("referral-back-flow")


@pytest.fixture(scope="module")
def referring(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("following")) as gateway:
        yield parties(gateway)


def test_a_filing_bars_the_listing_on_the_wire_and_its_withdrawal_lifts_it(referring):
    hrss, police = referring[HRSS], referring[POLICE]
    listing_id, uscc = a_listing(hrss)
    referral_id, _ = sent(referring, known=facts(uscc=uscc, listing_id=listing_id))
    take(police, "SignReceipt", referral_id, "RECEIPT")
    assert conditions(hrss, listing_id) == []
    take(police, "DecideFiling", referral_id, "FILING")
    assert conditions(hrss, listing_id) == ["CRIMINAL_BAR"]
    take(police, "RecordOutcome", referral_id, "WITHDRAWAL")
    assert conditions(hrss, listing_id) == []

    request = pb.OpenReferralRequest(officer="o", request_id="foreign", referral_id="YS-foreign")
    request.facts.CopyFrom(facts(uscc=uscc, listing_id="L-nowhere"))
    refused = hrss.served.send("/jointsanctions.v1.ReferralService/OpenReferral", request, HRSS)
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "facts.listing_id")


def test_the_clocks_of_referrals_are_among_hrss_s_and_nobody_s_who_refers_no_cases(referring):
    hrss = referring[HRSS]
    referral_id, _ = sent(referring)
    take(referring[POLICE], "SignReceipt", referral_id, "RECEIPT")
    request = clock_pb2.ListClocksRequest(officer="o", clock_ids=["T-27/decide", "T-26/ask"], page_size=1000)
    outcome = hrss.served.send("/jointsanctions.v1.RegistryService/ListClocks", request, HRSS)
    found = clock_pb2.ListClocksResponse.FromString(outcome.answer).clocks
    own = {each.clock_id: each for each in found if each.object_id == referral_id}

    assert set(own) == {"T-26/ask", "T-27/decide"}
    assert own["T-27/decide"].due_on_working_days
    assert not own["T-26/ask"].due_on_working_days


def test_who_follows_changes_and_takes_no_part_learns_nothing_of_a_filing(referring):
    """T-60: the credit platform's connector follows every change, and the bar is none of its business."""
    hrss, police = referring[HRSS], referring[POLICE]
    listing_id, uscc = a_listing(hrss)
    referral_id, _ = sent(referring, known=facts(uscc=uscc, listing_id=listing_id))
    take(police, "SignReceipt", referral_id, "RECEIPT")
    _, before = submit_one(hrss.served)
    take(police, "DecideFiling", referral_id, "FILING")
    _, after = submit_one(hrss.served)

    told = {who: changed(hrss.served, who, before, after) for who in (HRSS, CONNECTOR)}
    assert after == before + 2
    for word in (uscc, listing_id, "FILING", police.agency):
        assert word in told[HRSS], "or this test could not fail"
        assert word not in told[CONNECTOR], word


def changed(served, who, before, after) -> str:
    """Return all that is told of the revisions after *before* up to *after*, as text."""
    found = []
    with watching(served.channel(who), before) as messages:
        for message in messages:
            found.append(text_format.MessageToString(message, as_utf8=True))
            if message.changes.revision >= after and message.changes.last_part:
                return "".join(found)
    raise AssertionError("the stream ended")


def a_listing(hrss) -> tuple[str, str]:
    """Open a procedure against an enterprise that nobody knows yet; return the listing's id and the code."""
    party = new_party()
    issued = today() - timedelta(days=60)
    opened = listing_pb2.ProposeListingRequest(
        uscc=party.uscc,
        order_due_on=(issued + timedelta(days=20)).isoformat(),
        order_delivered_on=(issued + timedelta(days=1)).isoformat(),
        order_delivery_proof="回证1",
        step=listing_pb2.ListingStep(
            request_id=f"open-{party.uscc}",
            officer="o",
            listing_id=f"L-{party.uscc}",
            authority="示例市人力资源和社会保障局",
            document_number="示例人社监〔2026〕9号",
            on=issued.isoformat(),
        ),
    )
    outcome = hrss.served.send("/jointsanctions.v1.RegistryService/ProposeListing", opened, HRSS)
    assert outcome.ok, outcome.text()
    return f"L-{party.uscc}", party.uscc


def conditions(hrss, listing_id) -> list[str]:
    """Return what is also true of a listing now."""
    request = listing_pb2.GetListingRequest(officer="o", listing_id=listing_id)
    outcome = hrss.served.send("/jointsanctions.v1.RegistryService/GetListing", request, HRSS)
    standing = listing_pb2.GetListingResponse.FromString(outcome.answer).standing
    return [listing_pb2.ListingCondition.Name(each).split("CONDITION_")[1] for each in standing.conditions]
