"""The store by hand, for whoever lays it beside the real one: rows go into plain dictionaries, and no SQL is here.

It knows of the program only what the rows and the answers are made of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from store_samples import code

from formats.names import normalise_name
from gateway.domain.listings import Listing
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.domain.vocabulary import RowStatus

STORED, UNCHANGED, HELD, REJECTED, _ = RowStatus
NUMBERS = range(1, 5)


class Snapshot(NamedTuple):
    """What the oracle knows at one moment."""

    dossiers: dict
    """By code of every enterprise that there may be; None for one of which nothing is known."""
    names: dict
    """By code of every enterprise of which something is known, the names that its profiles have."""
    held: dict
    """By normalised name (record id, name) of every notice that is held."""


@dataclass
class Replay:
    """The store by hand: everything in plain dictionaries, copied at each revision."""

    records: dict = field(default_factory=dict)  # record id -> (kind, uscc or "", row that holds the content)
    digests: dict = field(default_factory=dict)
    attachments: dict = field(default_factory=dict)  # own id -> (target, uscc, digest)
    acts: dict = field(default_factory=dict)  # act id -> (listing id, row)
    owners: dict = field(default_factory=dict)
    numbers: range = NUMBERS
    """Of the enterprises that there may be."""

    def codes(self):
        return [code(number) for number in self.numbers]

    def snapshot(self):
        """Return what is known now, and stays so whatever is taken later."""
        dossiers = {uscc: self.dossier(uscc) for uscc in self.codes()}
        names = {uscc: {each.name for each in found[0]} for uscc, found in dossiers.items() if found is not None}
        return Snapshot(dossiers, names, self.held_names())

    def take(self, row):
        if row.listing_act is not None:
            return self._act(row)
        if row.attachment is not None:
            return self._attachment(row)
        known = self.records.get(row.record_id)
        if known is not None and known[0] != row.kind:
            return REJECTED
        own = next((a for a, (target, _, _) in self.attachments.items() if target == row.record_id), None)
        uscc = row.uscc
        if row.held is not None:
            uscc = self.attachments[own][1] if own is not None else ""
        if known is not None and known[1] == uscc and self.digests[row.record_id] == row.content_digest:
            return UNCHANGED
        if own is not None and row.held is None:
            del self.attachments[own]
        self.records[row.record_id] = (row.kind, uscc, row)
        self.digests[row.record_id] = row.content_digest
        return STORED if uscc else HELD

    def _act(self, row):
        if self.owners.get(row.listing_id, row.uscc) != row.uscc:
            return REJECTED
        known = self.acts.get(row.record_id)
        if known is not None:
            return UNCHANGED if known[1].content_digest == row.content_digest else REJECTED
        self.owners[row.listing_id] = row.uscc
        self.acts[row.record_id] = (row.listing_id, row)
        return STORED

    def _attachment(self, row):
        wanted = row.attachment
        own = self.attachments.get(row.record_id)
        if own == (wanted.record_id, wanted.uscc, row.content_digest):
            return UNCHANGED
        if own is not None and own[0] != wanted.record_id:
            return REJECTED
        if any(target == wanted.record_id and a != row.record_id for a, (target, _, _) in self.attachments.items()):
            return REJECTED
        known = self.records.get(wanted.record_id)
        if known is None or (known[1] and own is None):
            return REJECTED
        self.attachments[row.record_id] = (wanted.record_id, wanted.uscc, row.content_digest)
        self.records[wanted.record_id] = (known[0], wanted.uscc, known[2])
        return STORED

    def listings(self, uscc):
        found = []
        for listing_id in sorted(each for each, owner in self.owners.items() if owner == uscc):
            rows = [row for own, row in self.acts.values() if own == listing_id]
            acts = frozenset(row.listing_act for row in rows)
            found.append(Listing(listing_id, uscc, acts, frozenset(k for row in rows for k in row.person_keys)))
        return found

    def profiles(self, uscc):
        return [row.profile for kind, owner, row in self.records.values() if kind == "enterprise" and owner == uscc]

    def relations(self, uscc):
        own = self.profiles(uscc)
        for other in self.codes():
            listings = self.listings(other)
            if other == uscc or not listings:
                continue
            if any(p.head_office_uscc == other for p in own):
                yield Relation(RelationKind.HEAD_OFFICE, other, tuple(listings))
            if any(p.successor_of_uscc == other for p in own):
                yield Relation(RelationKind.PREDECESSOR, other, tuple(listings))
            if any(p.head_office_uscc == uscc for p in self.profiles(other)):
                yield Relation(RelationKind.BRANCH, other, tuple(listings))
            keys = {p.representative_key for p in own}
            named = tuple(each for each in listings if keys & each.person_keys)
            if named:
                yield Relation(RelationKind.LEGAL_REPRESENTATIVE, other, named)

    def dossier(self, uscc):
        rows = [row for kind, owner, row in self.records.values() if owner == uscc and kind != "enterprise"]
        facts = frozenset(row.fact or row.held.fact for row in rows)
        found = (frozenset(self.profiles(uscc)), facts, frozenset(self.listings(uscc)), frozenset(self.relations(uscc)))
        return found if any(found) else None

    def held_names(self):
        found = {}
        for _, uscc, row in self.records.values():
            if not uscc:
                found.setdefault(normalise_name(row.held.name), set()).add((row.record_id, row.held.name))
        return found


def unordered(dossier):
    """A dossier as the replay has it; what order it must have is checked here."""
    if dossier is None:
        return None
    assert isinstance(dossier, Dossier)
    assert [p.valid_from for p in dossier.profiles] == sorted(p.valid_from for p in dossier.profiles)

    def loose(listing):
        assert len(set(listing.acts)) == len(listing.acts)
        return Listing(listing.listing_id, listing.uscc, frozenset(listing.acts), listing.person_keys)

    relations = [Relation(r.kind, r.uscc, tuple(map(loose, r.listings))) for r in dossier.relations]
    listings = frozenset(map(loose, dossier.listings))
    return frozenset(dossier.profiles), frozenset(dossier.facts), listings, frozenset(relations)


def weighing(dossier):
    """What a timeline can depend on; who is known stays known."""
    if dossier is None:
        return None
    profiles, facts, *others = dossier
    return profiles, frozenset(f for f in facts if f.weighs), *others
