"""Invented cities: repeatable, exact in number, sound, and with few enterprises that anything weighs on."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import islice

import pytest

from formats.identifiers import parse_uscc
from gateway.bench.city import enterprises_of, line_of, make_city
from gateway.cli.bench_city import write_city
from gateway.sample.records import FEED_OF_KIND

DAY = date(2026, 7, 1)
SIZE = 60_000


@pytest.fixture(scope="module")
def city():
    return list(make_city(7, DAY, SIZE))


def test_a_city_has_as_many_records_as_were_asked_for_and_each_key_once(city):
    assert len(city) == SIZE
    assert len({(record.WhichOneof("fact"), record.source_key) for _, record in city}) == SIZE
    assert all(FEED_OF_KIND[record.WhichOneof("fact")] == feed for feed, record in city)
    assert [len(list(make_city(7, DAY, size))) for size in (1, 2, 23, 1000)] == [1, 2, 23, 1000]


def test_a_city_follows_from_seed_day_and_size_alone(tmp_path):
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder, seed in zip(folders, (7, 7, 8), strict=True):
        folder.mkdir()
        write_city(folder, seed, DAY, 2_000)
    one, two, other = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert one == two
    assert one != other


def test_it_is_made_one_enterprise_at_a_time():
    first = list(islice(make_city(7, DAY, 3_000_000), 50))
    assert [line_of(record) for _, record in first] == [
        line_of(record) for _, record in islice(make_city(7, DAY, 3_000_000), 50)
    ]


def test_few_enterprises_have_a_fact_that_decides_and_every_code_is_sound(city):
    facts = defaultdict(set)
    for _, record in city:
        facts[parse_uscc(record.uscc).code].add(record.WhichOneof("fact"))
    deciding = sum(1 for kinds in facts.values() if kinds - {"enterprise", "five_systems"})
    assert len(facts) == enterprises_of(SIZE)
    assert 0.02 <= deciding / len(facts) <= 0.04
    found = Counter(kind for kinds in facts.values() for kind in kinds)
    assert found.keys() >= {"listing_act", "complaint", "arrears", "penalty", "publication", "red_list"}


def test_names_change_and_listings_have_their_chain_and_their_later_acts(city):
    names, acts = defaultdict(set), Counter()
    for _, record in city:
        if record.HasField("enterprise"):
            names[record.uscc].add(record.enterprise.name)
        if record.HasField("listing_act"):
            acts[record.listing_act.act] += 1
            assert record.listing_act.HasField("chain") == (record.listing_act.act == 1)
    assert 0.08 <= sum(len(each) > 1 for each in names.values()) / len(names) <= 0.16
    assert acts[1] == acts[2] > 0
