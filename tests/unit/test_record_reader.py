"""Records from the wire: what a span must be, since an empty one would stand for a record and weigh nothing."""

from __future__ import annotations

import pytest
from jointsanctions.v1 import registry_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.rpc.records import RecordReader
from gateway.security.persons import KeyedPersonVault, create_key_file

DAY = "2026-03-05"


def record(**fact):
    return pb.Record(
        row=1, source_key="k", uscc="91420300MA10004470", authority="示例局", document_number="1号", **fact
    )


def publication(until):
    return record(publication=pb.MajorViolationPublication(published_on=DAY, display_until=until, for_wages=True))


def penalty(until):
    spans = {"decided_on": DAY, "restricts_from": DAY, "restricts_until": until}
    return record(penalty=pb.AdministrativePenalty(restriction="PROCUREMENT_BAN", **spans))


def red_list(until):
    return record(red_list=pb.RedListEntry(listed_on=DAY, until=until))


@pytest.fixture
def reader(tmp_path):
    create_key_file(tmp_path / "persons.key")
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
