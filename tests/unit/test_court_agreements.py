"""A court is told of a case by an agreement for its county and day, read strictly from a file, and by nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from referral_samples import COURT, POLICE

from gateway.domain.agencies import Agencies
from gateway.domain.court_agreements import NO_AGREEMENTS, CourtAgreement, CourtAgreements
from gateway.settings import ConfigurationError
from gateway.settings.agencies_file import load_agencies
from gateway.settings.agreements_file import load_agreements
from gateway.settings.gateway_file import load_gateway

CONFIG = Path(__file__).parents[2] / "config"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
ENTRY = """
[[agreement]]
court = "court"
document_number = "示联发〔2026〕3号"
adopted_by = ["示例市人力资源和社会保障局", "示例市中级人民法院"]
since = "2026-01-01"
until = "2026-12-31"
counties = ["420302", "420303"]
"""


def agreement(court="court", number="联1号", since=FIRST, until=LAST, counties=("420302",)):
    return CourtAgreement(court, number, ("局", "院"), since, frozenset(counties), until)


def test_it_holds_from_its_first_day_to_its_last_for_its_court_and_its_counties():
    table = CourtAgreements([agreement()])
    days = (FIRST - DAY, FIRST, LAST, LAST + DAY)
    assert [table.in_force("court", "420302", day) is not None for day in days] == [False, True, True, False]
    assert table.in_force("court", "420303", FIRST) is None
    assert table.in_force("court-elsewhere", "420302", FIRST) is None
    assert NO_AGREEMENTS.in_force("court", "420302", FIRST) is None
    assert CourtAgreements([agreement(until=None)]).in_force("court", "420302", date.max) is not None


def test_one_that_follows_another_counts_from_its_own_first_day_on():
    table = CourtAgreements([agreement(), agreement(number="联2号", since=LAST + DAY, until=None)])
    found = [table.in_force("court", "420302", day) for day in (LAST, LAST + DAY)]
    assert [each.document_number for each in found if each is not None] == ["联1号", "联2号"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=2, max_size=5))
def test_for_a_court_a_county_and_a_day_there_is_one_agreement_or_the_table_is_refused(spans):
    made = [
        agreement(number=f"联{n}号", since=FIRST + begin * DAY, until=None if endless else FIRST + (begin + more) * DAY)
        for n, (begin, more, endless) in enumerate(spans)
    ]
    both = any(
        one.holds(FIRST + day * DAY) and other.holds(FIRST + day * DAY)
        for place, one in enumerate(made)
        for other in made[:place]
        for day in range(20)
    )
    if both:
        with pytest.raises(ValueError, match=r"^联\d号: 联\d号 holds in 420302"):
            CourtAgreements(made)
    else:
        CourtAgreements(made)


def test_two_courts_and_two_counties_may_have_agreements_at_once():
    CourtAgreements([agreement(), agreement("court-2", "联2号"), agreement(number="联3号", counties=("420303",))])


def test_one_that_ends_before_it_begins_is_none():
    with pytest.raises(ValueError, match=r"^联1号: ends before it begins"):
        CourtAgreements([agreement(since=LAST, until=FIRST)])


def loaded(folder, text):
    file = folder / "agreements.toml"
    file.write_text(text, encoding="utf-8")
    return load_agreements(file, Agencies([COURT, POLICE], "d"))


def test_what_the_file_says_counts_and_without_a_file_there_is_no_agreement(tmp_path):
    found = loaded(tmp_path, ENTRY).in_force("court", "420303", LAST)
    assert found is not None
    assert (found.document_number, len(found.adopted_by)) == ("示联发〔2026〕3号", 2)
    assert loaded(tmp_path, ENTRY.replace('until = "2026-12-31"\n', "")).in_force("court", "420302", date.max)
    assert load_agreements(tmp_path / "none.toml", Agencies([], "d")) is NO_AGREEMENTS


def test_a_court_whose_mandate_is_in_the_store_alone_may_have_one(tmp_path):
    assert loaded(tmp_path, ENTRY.replace('"court"', '"county-court"')).courts == {"county-court"}


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('court = "court"', 'court = "police"', r"agreement\[0\]\.court: 'police' is no court"),
        ('court = "court"', 'court = ""', r"agreement\[0\]\.court: '' is no court"),
        ("示联发〔2026〕3号", "", r"agreement\[0\]\.document_number: must be 1 to 128 bytes"),
        ("示联发〔2026〕3号", "号" * 43, r"agreement\[0\]\.document_number: must be 1 to 128 bytes"),
        ('["示例市人力资源和社会保障局", "示例市中级人民法院"]', "[]", r"agreement\[0\]\.adopted_by: must name"),
        ('"示例市中级人民法院"', '""', r"agreement\[0\]\.adopted_by: must name"),
        ("2026-01-01", "2026-02-30", r"agreement\[0\]\.since"),
        ("2026-12-31", "2025-12-31", r"agreement: 示联发〔2026〕3号: ends before"),
        ('"420303"', '"4203"', r"agreement\[0\]\.counties: '4203' is no division code"),
        ('"420303"', '"420302"', r"agreement\[0\]\.counties: must name each county once"),
        ('["420302", "420303"]', "[]", r"agreement\[0\]\.counties: must name each county once"),
        ("counties", "covers", r"agreement\[0\]\.counties: must be a list"),
        ("until =", 'and = "so"\nuntil =', r"agreement\[0\]\.and: is not a known key"),
        ("[[agreement]]", "", r"agreement: must be an array"),
    ],
)
def test_what_is_wrong_in_the_file_stops_the_start_with_its_key(tmp_path, line, instead, said):
    assert line in ENTRY
    with pytest.raises(ConfigurationError, match=rf"agreements\.toml: {said}"):
        loaded(tmp_path, ENTRY.replace(line, instead))


def test_two_entries_of_one_court_county_and_day_stop_the_start(tmp_path):
    with pytest.raises(ConfigurationError, match="holds in 420302 at that time too"):
        loaded(tmp_path, ENTRY + ENTRY)


def test_what_is_shipped_is_the_sample_citys():
    settings = load_gateway(CONFIG / "gateway.toml")
    agencies = load_agencies(CONFIG / "agencies.toml", settings.limits.load.quota, settings.state)
    found = load_agreements(CONFIG / "agreements.toml", agencies)
    assert found.in_force("intermediate-court", "420302", date(2026, 11, 30)) is not None
    assert found.in_force("intermediate-court", "420322", date(2026, 11, 30)) is None
