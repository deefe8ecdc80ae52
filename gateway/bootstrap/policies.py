"""The policy of one process: which holds by the store, how proposed ones are read, and from when another holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.bootstrap.config import StartError
from gateway.domain.basis_review import documents_of
from gateway.domain.policy_versions import FIRST, ends_at, in_force
from gateway.domain.status import PolicyFigures
from gateway.services.change_policy import standing
from gateway.services.ports.policies import ReadPolicy
from gateway.settings import ConfigurationError
from gateway.settings.policy_faults import error_of, fault_of
from gateway.settings.policy_files import read_policy
from gateway.settings.policy_source import REVIEWS_FILE
from gateway.settings.reviews_file import load_reviews
from gateway.storage.policies import SqlPolicyStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.domain.policy_text import PolicyText
    from gateway.services.ports.register import Clock
    from gateway.storage.history import Standing


class StrictReader:
    """The port ``PolicyReader``: what it passes, a gateway with this configuration folder can start with."""

    def __init__(self, folder: Path) -> None:
        """*folder* is the policy's, whose ``reviews.toml`` says when each document was reviewed (X-05)."""
        self._folder = folder

    def read(self, text: PolicyText, on: date) -> ReadPolicy:
        """Read a policy; see the port."""
        reading = read_policy(text.files, text.profile, on)
        if reading.policy is None or reading.faults:
            return ReadPolicy(reading.policy, reading.faults)
        try:
            load_reviews(self._folder / REVIEWS_FILE, documents_of(reading.policy))
        except ConfigurationError as error:
            return ReadPolicy(reading.policy, (fault_of(error),))
        return ReadPolicy(reading.policy, ())


def with_policy_in_force(config: Config, store: SqlPolicyStore, at: datetime) -> Config:
    """Return the configuration with the policy that holds at an instant: the last that was approved, else its own.

    Raises:
        StartError: The policy in force cannot be read: nobody is answered by another in its place.
        StoreUnavailableError: The database failed.
    """
    version = in_force(store.versions(), at)
    if version is None:
        return config
    text, named = version.proposal.text, f"the policy in force, number {version.number} of the store"
    reading = read_policy(text.files, text.profile, civil_date(at))
    if reading.policy is None or reading.faults:
        raise StartError(f"{named}: {error_of(reading.faults[0])}")
    if reading.policy.digest != version.proposal.digest:
        raise StartError(f"{named}: it is not what was approved: its digest is {reading.policy.digest}")
    try:
        reviews = load_reviews(config.folder / "policy" / REVIEWS_FILE, documents_of(reading.policy))
    except ConfigurationError as error:
        raise StartError(f"{named}: {error}") from error
    return replace(config, policy=reading.policy, reviews=reviews, policy_version=version)


class Policies:
    """Where policies are kept, which of them one process answers by, and from when on another holds.

    It looks at every data revision before anybody is answered by it: an approval takes one.
    """

    def __init__(self, config: Config, engine: Engine, clock: Clock) -> None:
        """Find the policy in force; raises what ``with_policy_in_force`` does."""
        self.store = SqlPolicyStore(engine)
        self.first = config.policy
        """That of the configuration."""
        self.config = with_policy_in_force(config, self.store, clock.now())
        """With the policy in force."""
        version = self.config.policy_version
        self._clock = clock
        self._number = FIRST if version is None else version.number
        self._ends_at: datetime | None = None

    def before(self, note: Callable[[Standing], None]) -> Callable[[Standing], None]:
        """Return what looks at the policies before *note* is told of a revision.

        Whoever cannot look serves no later revision, and its answers become UNVERIFIABLE with its lag.
        """

        def seen(newest: Standing) -> None:
            self.look()
            note(newest)

        return seen

    def look(self) -> None:
        """Read what was approved. Blocking; raises ``StoreUnavailableError``."""
        self._ends_at = ends_at(self.store.schedule(), self._number)

    def ends_at(self) -> datetime | None:
        """Return the instant from which another policy holds; None when none was approved."""
        return self._ends_at

    def over(self) -> bool:
        """Return whether another policy holds by now."""
        return self._ends_at is not None and self._clock.now() >= self._ends_at

    def figures(self) -> PolicyFigures:
        """Return what status tells. Blocking; raises ``StoreUnavailableError``."""
        found = standing(self.store, self._clock.now())
        waiting = "".join(each.proposal_id for each in found.waiting)
        return PolicyFigures(number=self._number, next_at=self._ends_at, waiting=waiting)
