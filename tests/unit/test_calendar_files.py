"""The working days that the gateway counts by: read strictly, a slip in a file stops the start."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from gateway.settings import ConfigurationError
from gateway.settings.calendar_files import load_calendar

SHIPPED = Path(__file__).parents[2] / "config" / "calendar"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "calendar"))


def test_the_years_that_are_shipped_are_announced_and_others_provisional(folder):
    calendar = load_calendar(folder)
    assert [calendar.is_provisional(date(year, 6, 1)) for year in (2024, 2025, 2026, 2027)] == [
        True,
        False,
        False,
        True,
    ]
    assert calendar.add_working_days(date(2026, 2, 13), 5).due == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("2026.toml", "year = 2026", "calendar/2026.toml"),
        ("2026.toml", "year", "calendar/2026.toml"),
        ("2027.toml", None, "2026 is not what the file is named"),
    ],
)
def test_a_slip_is_named_with_its_file(folder, name, content, says):
    (folder / name).write_text(content or (SHIPPED / "2026.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=says):
        load_calendar(folder)


def test_a_folder_without_a_year_is_no_calendar(tmp_path):
    with pytest.raises(ConfigurationError, match="no calendar of any year"):
        load_calendar(tmp_path)
