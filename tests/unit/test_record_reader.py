"""Records from the wire: what a span must be, since an empty one would stand for a record and weigh nothing."""

from __future__ import annotations

import pytest
from jointsanctions.v1 import listing_pb2
from jointsanctions.v1 import record_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.rpc.records import RecordReader
from gateway.security.ciphers import PersonHash, Sealing
from gateway.security.key_ring import create_keys
from gateway.security.persons import KeyedPersonVault

DAY = "2026-03-05"


def record(**fact):
    return pb.Record(
        row=1, source_key="k", uscc="91420300MA10004470", authority="示例局", document_number="1号", **fact
    )


def publication(until):
    return record(
        publication=pb.MajorViolationPublication(
            published_on=DAY,
            display_until=until,
            for_wages=True,
            violation="WAGE_ARREARS",
            enterprise_name="示例公司",
            address="示例路1号",
            representative_name="示例某",
            main_facts="拖欠工资",
            handling_result="责令支付",
            decided_on=DAY,
            secrecy_reviewed=True,
        )
    )


def penalty(until):
    spans = {"decided_on": DAY, "restricts_from": DAY, "restricts_until": until}
    return record(penalty=pb.AdministrativePenalty(restriction="PROCUREMENT_BAN", **spans))


def red_list(until):
    return record(red_list=pb.RedListEntry(listed_on=DAY, until=until))


def act(kind, **more):
    number = listing_pb2.ListingActKind.Value(f"LISTING_ACT_KIND_{kind}")
    return record(listing_act=pb.ListingAct(listing_id="L", act=number, on=DAY, **more))


PERSON = listing_pb2.PersonRef(name="示例甲", document_type="PASSPORT", document_number="E1")


@pytest.fixture
def reader(tmp_path):
    create_keys(tmp_path / "persons.key", PersonHash.SM3, Sealing.SM4_GCM)
    return RecordReader(KeyedPersonVault(tmp_path / "persons.key"))


@pytest.mark.parametrize(
    ("made", "field"),
    [(publication, "publication.display_until"), (penalty, "penalty.restricts_until"), (red_list, "red_list.until")],
)
@pytest.mark.parametrize("until", [DAY, "2026-03-04"])
def test_a_span_without_a_day_in_it_is_refused(reader, made, field, until):
    with pytest.raises(MalformedRequestError) as caught:
        reader.read(made(until), "feed")
    assert caught.value.field == field


@pytest.mark.parametrize("made", [publication, penalty, red_list])
def test_a_span_of_one_day_is_taken(reader, made):
    assert reader.read(made("2026-03-06"), "feed").content.fact is not None


def test_the_acts_of_a_procedure_may_be_imported_with_their_days(reader):
    order = reader.read(act("ORDER_ISSUED", due_on="2026-03-20"), "feed").content.listing_act
    applied = reader.read(act("REPAIR_APPLIED", corrected_on="2026-03-01"), "feed").content.listing_act
    assert order.due_on.isoformat() == "2026-03-20"
    assert applied.corrected_on.isoformat() == "2026-03-01"
    assert reader.read(act("HIDDEN"), "feed").content.listing_act.kind.name == "HIDDEN"


def test_a_delivery_may_be_to_one_person_and_never_holds_the_number(reader):
    row = reader.read(act("DELIVERY", delivered_to=PERSON), "feed").content
    assert len(row.listing_act.party) == 64
    other = listing_pb2.PersonRef(name="示例甲", document_type="PASSPORT", document_number="E2")
    assert reader.read(act("DELIVERY", delivered_to=other), "feed").content.content_digest != row.content_digest
    assert reader.read(act("DELIVERY"), "feed").content.listing_act.party == ""


def test_what_a_row_is_compared_by_holds_a_persons_key_and_not_the_number(reader, tmp_path):
    sent = act("DELIVERY", delivered_to=PERSON)
    create_keys(tmp_path / "other.key", PersonHash.SM3, Sealing.SM4_GCM)
    other = RecordReader(KeyedPersonVault(tmp_path / "other.key"))
    assert other.read(sent, "feed").content.content_digest != reader.read(sent, "feed").content.content_digest


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (act("ORDER_ISSUED"), "listing_act.due_on"),
        (act("STAY", due_on=DAY), "listing_act.due_on"),
        (act("REPAIR_APPLIED"), "listing_act.corrected_on"),
        (act("REPAIR", corrected_on=DAY), "listing_act.corrected_on"),
        (act("REPAIR", delivered_to=PERSON), "listing_act.delivered_to"),
        (act("DELIVERY", delivered_to=listing_pb2.PersonRef(name="x")), "listing_act.delivered_to.document_type"),
    ],
)
def test_an_act_says_what_is_its_own_and_nothing_else(reader, sent, field):
    with pytest.raises(MalformedRequestError) as caught:
        reader.read(sent, "feed")
    assert caught.value.field == field


@pytest.mark.parametrize(
    "typed", ["11010519491231002X", "张某11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_persons_number_in_the_place_of_a_word_is_not_told_back(reader, typed):
    """
    What is told of a rejected row stays on record with it.
    """
    with pytest.raises(MalformedRequestError) as caught:
        reader.read(record(penalty=pb.AdministrativePenalty(restriction=typed, decided_on=DAY)), "penalties")

    assert caught.value.field == "penalty.restriction"
    assert not any(character.isdigit() for character in caught.value.metadata["why"])


def test_a_word_that_there_is_not_is_not_repeated(reader):
    with pytest.raises(MalformedRequestError, match="is none of the words"):
        reader.read(record(penalty=pb.AdministrativePenalty(restriction="BAN", decided_on=DAY)), "penalties")
