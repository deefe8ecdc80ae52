"""Everything that may ever be shown to the public, by the revisions in which it is on record.

A value: what a store tells of changes makes the next one of it. Whether something is shown is in
``domain.publishable``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gateway.domain.publishable import ListingSource, item_id, sources_of
from gateway.domain.vocabulary import PublishableKind
from gateway.domain.withdrawals import ShownRepair, Withdrawal, standing_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.publishable import Source
    from gateway.services.ports.endings import DatedListing
    from gateway.services.ports.publishable import ChangedPublishable, FactVersion


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known up to ``revision``."""

    revision: int = 0
    _versions: Mapping[tuple[str, int], FactVersion] = field(default_factory=dict)
    """By record id and the revision by which it came."""
    _listings: Mapping[tuple[str, str], DatedListing] = field(default_factory=dict)
    """By id and code: revoked, one may come again of another enterprise."""

    def after(self, changed: ChangedPublishable) -> Catalogue:
        """Return the catalogue with what has changed since its revision."""
        if changed.revision == self.revision:
            return self
        came = {(version.fact.record_id, version.recorded_from): version for version in changed.versions}
        acted = {(dated.listing.listing_id, dated.listing.uscc): dated for dated in changed.listings}
        return Catalogue(changed.revision, {**self._versions, **came}, {**self._listings, **acted})

    def sources(self, revision: int) -> tuple[Source, ...]:
        """Return what may be shown by what was known at *revision*."""
        known = [version for version in self._versions.values() if _known(version, revision)]
        codes = {version.fact.record_id: version.uscc for version in known}
        facts = standing_facts(version.fact for version in known)
        listings = (_listing(dated, revision) for dated in self._listings.values())
        return sources_of(
            ((codes[fact.record_id], fact) for fact in facts), (each for each in listings if each.listing.acts)
        )

    def changed_in(self, found: str) -> int:
        """Return the last revision that changed anything of the record known as *found*; 0 when it is not known."""
        latest = 0
        for dated in self._listings.values():
            if item_id(PublishableKind.WAGE_ARREARS_LISTING, dated.listing.listing_id) == found:
                ended = (revision for _, *known in dated.voided for revision in known)
                latest = max(latest, *dated.revisions.values(), *ended)
        for version in self._versions.values():
            fact = version.fact
            own = fact.target_id if isinstance(fact, Withdrawal | ShownRepair) else fact.record_id
            if found in {item_id(PublishableKind.MAJOR_VIOLATION, own), item_id(PublishableKind.RED_LIST, own)}:
                latest = max(latest, version.recorded_from, version.recorded_until or 0)
        return latest


def _listing(dated: DatedListing, revision: int) -> ListingSource:
    standing = (act for act in dated.listing.acts if dated.revisions[act.act_id] <= revision)
    voided = (act for act, since, until in dated.voided if since <= revision < until)
    return ListingSource(replace(dated.listing, acts=(*standing, *voided)))


def _known(version: FactVersion, revision: int) -> bool:
    return version.recorded_from <= revision and (version.recorded_until is None or version.recorded_until > revision)
