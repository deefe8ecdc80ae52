"""Mapping files: the shipped ones load, and a slip in one is named by file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.import_mapping import find_mapping, load_mapping
from gateway.cli.import_table import MappingError

SHIPPED = Path(__file__).parents[2] / "config" / "import"
GOOD = """
title = "t"
feed = "labour_inspection"
key = ["no"]
dates = ["YYYY-MM-DD"]
ignore = ["note"]
[columns]
no = "document_number"
code = "uscc"
accepted = "fact.accepted_on"
[[records]]
kind = "complaint"
"""


def written(folder, text):
    path = folder / "layout.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "feed", "kinds"),
    [
        ("published-notices", "publications", ["published_notice", "published_notice"]),
        ("enterprises", "market_regulation", ["enterprise"]),
        ("complaints", "labour_inspection", ["complaint"]),
        ("arrears", "labour_inspection", ["arrears"]),
        ("listing-acts", "wage_list", ["listing_act", "listing_act"]),
        ("penalties-double-publicity", "penalties", ["penalty", "penalty"]),
        ("licences-double-publicity", "licences", ["licence"]),
        ("publications", "publications", ["publication"]),
    ],
)
def test_each_shipped_mapping_loads(name, feed, kinds):
    layout = load_mapping(find_mapping(name, SHIPPED))

    assert layout.feed == feed
    assert [variant.kind for variant in layout.variants] == kinds


def test_no_shipped_mapping_is_left_untested():
    assert len(list(SHIPPED.glob("*.toml"))) == 8


def test_the_digest_is_the_files(tmp_path):
    one = load_mapping(written(tmp_path, GOOD))
    other = load_mapping(written(tmp_path, GOOD + "# a comment\n"))

    assert len(one.digest) == 64
    assert one.digest != other.digest


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('title = "t"', 'title = "t"\nfeeds = "x"', "feeds"),
        ('kind = "complaint"', 'kind = "complaint"\nwhere = 1', "records[0].where"),
        ('code = "uscc"', 'code = { field = "uscc", requird = true }', "columns.code.requird"),
        ('kind = "complaint"', 'kind = "complain"', "records[0].kind"),
        ('feed = "labour_inspection"', "", "feed"),
        ('key = ["no"]', 'key = ["number"]', "key"),
        ('key = ["no"]', "key = []", "key"),
        ('["YYYY-MM-DD"]', '["DD.MM.YYYY"]', "dates"),
        ('dates = ["YYYY-MM-DD"]', "", "columns.accepted"),
        ('ignore = ["note"]', 'ignore = ["no"]', "ignore"),
        ('ignore = ["note"]', 'amount_unit = "亿元"', "amount_unit"),
        ('ignore = ["note"]', 'codes = "any"', "codes"),
        ('"fact.accepted_on"', '"fact.accepted_at"', "columns.accepted"),
        ('"fact.accepted_on"', '"accepted_on"', "columns.accepted"),
        ('code = "uscc"', 'code = { type = "code" }', "columns.code"),
        ('code = "uscc"', 'code = { type = "text", field = "uscc" }', "columns.code"),
        ('kind = "complaint"', 'kind = "complaint"\nconstants = { "fact.settled_on" = "soon" }', "settled_on"),
        ('kind = "complaint"', 'kind = "complaint"\nconstants = { "uscc" = "x" }', "constants.uscc"),
        ('kind = "complaint"', 'kind = "complaint"\nwhen = { list = ["x"] }', "records.when"),
        ('kind = "complaint"', 'kind = "complaint"\ncolumns = { no = "name" }', "records[0].columns"),
        ('[[records]]\nkind = "complaint"', "", "records"),
        ("[[records]]", '[refuse.list]\n"x" = { en = "a", zh = "b" }\n[[records]]', "refuse"),
        ("[[records]]", '[refuse.no]\n"x" = { en = "a" }\n[[records]]', "refuse.no.x.zh"),
        ("[columns]", '[columns]\nsecond = "fact.accepted_on"', "records[0]"),
        ("[columns]", '[columns]\nb = { field = "fact.verified_on", values = { "x" = "y" } }', "columns.b.values.x"),
    ],
)
def test_a_slip_is_named_by_file_and_key(tmp_path, old, new, key):
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))

    with pytest.raises(MappingError) as caught:
        load_mapping(path)

    assert caught.value.file == str(path)
    assert key in caught.value.key
    assert str(path) in str(caught.value)


def test_the_unchanged_mapping_has_no_slip(tmp_path):
    assert load_mapping(written(tmp_path, GOOD)).key == ("no",)


def test_bytes_that_are_no_toml_are_a_mapping_error(tmp_path):
    path = tmp_path / "layout.toml"
    path.write_bytes("title = '公示信息'".encode("gb18030"))

    with pytest.raises(MappingError, match="not TOML in UTF-8"):
        load_mapping(path)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(MappingError, match="arrears, complaints, enterprises"):
        find_mapping("complaint", SHIPPED)


def test_a_path_is_taken_as_it_is(tmp_path):
    path = written(tmp_path, GOOD)

    assert find_mapping(str(path), SHIPPED) == path
