"""Whatever the file says, what the mandates in the store switch on has its assessment, or nothing starts (I-54)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from store_samples import submission

from gateway.bootstrap.config import StartError, load_config
from gateway.bootstrap.mandates import Mandates
from gateway.clock import SystemClock
from gateway.domain.agencies import Role
from gateway.domain.quotas import AS_SHIPPED
from gateway.storage.mandates import SqlMandateStore

CONFIG = Path(__file__).parents[2] / "config"
REVIEWED = 'next_review = "2028-09-01"'


@dataclass(frozen=True)
class Audit:
    """A record to which nothing is written here: the store has its mandates."""

    writer: str = "w"


@pytest.fixture
def folder(engine, tmp_path):
    """A configuration whose file names no bank, beside a store in which a bank may call."""
    place = tmp_path / "config"
    copytree(CONFIG, place)
    store = SqlMandateStore(engine, AS_SHIPPED.quota)
    everybody = list(load_config(place, tmp_path).agencies)
    assert Role.BANK in {each.role for each in everybody}
    store.begin(submission("first", agency="", feed="", writer="w", committed_at=datetime.now(UTC)), everybody)
    file = place / "agencies.toml"
    blocks = file.read_text(encoding="utf-8").split("[[agency]]")
    file.write_text("[[agency]]".join(each for each in blocks if 'role = "bank"' not in each), encoding="utf-8")
    return place


def started(engine, place):
    """Start what follows the mandates, and end it again."""

    async def run():
        mandates = Mandates(load_config(place, place.parent), engine, SystemClock())
        await mandates.start(Audit())
        await mandates.callers.stop()

    asyncio.run(run())


def of_banks(place, old, new):
    file = place / "processing.toml"
    before, head, after = file.read_text(encoding="utf-8").partition('processing = "non_state"')
    assert old in after
    file.write_text(before + head + after.replace(old, new, 1), encoding="utf-8")


def test_what_the_mandates_in_the_store_switch_on_starts_with_its_assessment(engine, folder):
    started(engine, folder)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (REVIEWED, 'next_review = "2026-09-01"', "non_state: assessment.next_review"),
        ('recipients = ["bank"]', 'recipients = ["portal"]', "non_state: recipients"),
    ],
)
def test_and_without_one_in_date_nothing_starts_although_the_file_names_nobody_who_needs_it(
    engine, folder, old, new, why
):
    of_banks(folder, old, new)
    load_config(folder, folder.parent)
    with pytest.raises(StartError, match=f"processing.toml: {why}"):
        started(engine, folder)
