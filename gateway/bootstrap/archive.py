"""Policies and calendars as they answered, kept by digest under the state folder, so that later starts can replay.

A policy is what answers are derived by. Answers do not look at the calendar, which deadlines are counted by; it is kept
so that those can be counted again too. What is kept is never changed and never taken away.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.security.key_files import make_private_folder
from gateway.settings import ConfigurationError
from gateway.settings.calendar_files import load_calendar
from gateway.settings.policy_files import load_policy, read_policy
from gateway.settings.policy_source import policy_file_names
from gateway.storage.durable import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from gateway.bootstrap.config import Config
    from gateway.domain.policy import Policy
    from gateway.storage.policies import SqlPolicyStore

ARCHIVE_FOLDER: Final = "archive"
"""Beneath the state folder."""
_log: Final = logging.getLogger(__name__)


class Archive:
    """The port ``PastPolicies`` over the folder ``archive`` of the state, and what fills it at a start."""

    def __init__(self, config: Config, approved: SqlPolicyStore | None = None) -> None:
        """*approved* is where approved policies are kept, also those by which this node never answered."""
        self._config = config
        self._approved = approved
        self._folder = config.settings.state / ARCHIVE_FOLDER
        self._read = lru_cache(maxsize=8)(self._load)

    @property
    def loaded(self) -> Policy:
        """The policy that answers now."""
        return self._config.policy

    def find(self, profile: str, digest: str, on: date) -> Policy | None:
        """Return the policy of a digest, whose profile had not expired on a civil day; None when it is not kept."""
        if (profile, digest) == (self.loaded.profile, self.loaded.digest):
            return self.loaded
        return self._read(profile, digest, on)

    def keep(self, on: date) -> None:
        """Keep policy and calendar of this start, unless they are kept already. Any process may, at any time.

        What lies in the configuration folder may have been changed since it was read: only what has the digest is kept.

        Raises:
            OSError: The folder cannot be written.
        """
        policy, calendar, folder = self._config.policy, self._config.calendar, self._config.folder
        version = self._config.policy_version
        names = policy_file_names(folder / "policy", policy.profile)
        self._keep(
            f"policy/{policy.digest}",
            _contents(folder / "policy", names) if version is None else version.proposal.text.files,
            lambda made: load_policy(made, policy.profile, on).digest == policy.digest,
        )
        years = sorted(file.name for file in (folder / "calendar").glob("*.toml"))
        self._keep(
            f"calendar/{calendar.version}",
            _contents(folder / "calendar", years),
            lambda made: load_calendar(made).version == calendar.version,
        )

    def _load(self, profile: str, digest: str, on: date) -> Policy | None:
        folder = self._folder / "policy" / digest
        if not _is_digest(digest):
            return None
        if not folder.is_dir():
            return self._from_store(profile, digest, on)
        try:
            policy = load_policy(folder, profile, on)
        except ConfigurationError as error:
            _log.warning("the policy %s that is kept cannot be read: %s", digest, error)
            return None
        return policy if policy.digest == digest else None

    def _from_store(self, profile: str, digest: str, on: date) -> Policy | None:
        text = None if self._approved is None else self._approved.text(profile, digest)
        if text is None:
            return None
        policy = read_policy(text.files, profile, on).policy
        return policy if policy is not None and policy.digest == digest else None

    def _keep(self, name: str, files: Mapping[str, bytes], sound: Callable[[Path], bool]) -> None:
        """Put copies of *files* under *name*, durable and whole, or leave it as it is."""
        target = self._folder / name
        if target.is_dir():
            return
        for folder in (self._folder, target.parent):
            make_private_folder(folder)
        made = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
        try:
            for file, content in files.items():
                _write(content, made / file)
            if not sound(made):
                _log.warning("%s is not kept: its files were changed since they were read", name)
                return
            for each in (made, *(path for path in made.rglob("*") if path.is_dir())):
                sync_folder(each)
            _rename(made, target)
            sync_folder(target.parent)
        except ConfigurationError as error:
            _log.warning("%s is not kept: %s", name, error)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _contents(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names}


def _write(content: bytes, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _rename(made: Path, target: Path) -> None:
    try:
        made.rename(target)
    except OSError:
        # Another process kept the same meanwhile.
        if not target.is_dir():
            raise


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
