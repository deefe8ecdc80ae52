"""Policies and calendars are kept by digest at a start, whole or not at all, and read back as what they were."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.bootstrap.archive import Archive
from gateway.bootstrap.config import load_config
from gateway.settings.calendar_files import load_calendar

CONFIG = Path(__file__).parents[2] / "config"
ON = date(2026, 11, 29)


@pytest.fixture
def config(tmp_path):
    """The shipped configuration, in a folder of its own."""
    shutil.copytree(CONFIG, tmp_path / "config")
    return load_config(tmp_path / "config", tmp_path / "state")


def kept(config, what):
    folder = config.settings.state / "archive" / what
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def edit(config):
    file = config.folder / "policy" / "shiyan.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('version = "', 'version = "later-', 1), encoding="utf-8")
    return load_config(config.folder, config.settings.state)


def test_what_is_kept_is_named_by_its_digest_and_read_back_after_the_folder_has_changed(config):
    Archive(config).keep(ON)
    later = edit(config)
    archive = Archive(later)
    archive.keep(ON)

    assert kept(config, "policy") == sorted({config.policy.digest, later.policy.digest})
    assert kept(config, "calendar") == [config.calendar.version]
    assert archive.loaded is later.policy
    assert archive.find("shiyan", config.policy.digest, ON) == config.policy
    assert archive.find("shiyan", later.policy.digest, ON) is later.policy
    calendar = load_calendar(config.settings.state / "archive" / "calendar" / config.calendar.version)
    assert calendar.version == config.calendar.version


def test_keeping_twice_changes_nothing(config):
    Archive(config).keep(ON)
    before = [each.stat().st_ino for each in (config.settings.state / "archive").rglob("*")]
    Archive(config).keep(ON)
    assert [each.stat().st_ino for each in (config.settings.state / "archive").rglob("*")] == before


def test_files_that_were_changed_since_they_were_read_are_not_kept_under_the_earlier_digest(config, caplog):
    edit(config)
    Archive(config).keep(ON)

    assert kept(config, "policy") == []
    assert "not kept" in caplog.text


def test_files_that_are_no_policy_any_more_are_not_kept(config):
    (config.folder / "policy" / "shiyan.toml").write_text("no policy", encoding="utf-8")
    Archive(config).keep(ON)
    assert kept(config, "policy") == []


def test_what_is_not_kept_or_was_changed_there_is_not_found(config):
    Archive(config).keep(ON)
    assert Archive(config).find("national-2026", config.policy.digest, ON) is None
    later = Archive(edit(config))
    folder = config.settings.state / "archive" / "policy" / config.policy.digest
    assert later.find("shiyan", "0" * 64, ON) is None
    assert later.find("shiyan", "../policy", ON) is None
    assert later.find("national-2026", config.policy.digest, ON) is None
    file = folder / "texts.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n# a word\n", encoding="utf-8")
    assert Archive(later._config).find("shiyan", config.policy.digest, ON) is None


def test_a_profile_of_then_that_has_expired_since_still_answers_for_its_days(config):
    assert config.policy.header is not None
    Archive(config).keep(ON)
    later = Archive(replace(config, policy=replace(config.policy, digest="0" * 64)))
    assert later.find("shiyan", config.policy.digest, ON) is not None
    assert later.find("shiyan", config.policy.digest, config.policy.header.expires_on) is None


def test_what_is_kept_is_its_owners_alone(config):
    Archive(config).keep(ON)
    folder = config.settings.state / "archive"
    assert {each.stat().st_mode & 0o077 for each in (folder, folder / "policy", *(folder / "policy").iterdir())} == {0}
