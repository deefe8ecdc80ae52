"""Dossiers as they were known at a revision: a few large ordered statements, merged, however many are wanted.

The same statements serve one enterprise, the enterprises that a revision touched, and all of them at a cold start.
Nothing is interpreted here, and nothing that cannot be understood is left out: it is an error.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select

from gateway.domain.identity import Links, genuine
from gateway.domain.kinds.identity_dispute import IdentityDispute
from gateway.domain.listings import Listing, weighing_on
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.storage import content, tables
from gateway.storage.known import batches
from gateway.storage.listing_rows import OF_ACT, OF_PERSON, held_at
from gateway.storage.rows import act_of, profile_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Connection, FromClause, Row, Select, Table

    from gateway.domain.identity import Doubt
    from gateway.domain.kinds.fact import Fact

ROWS_AT_ONCE: Final = 5_000
PROFILE, FACT, OTHER = 0, 1, 2


@dataclass(slots=True)
class Related:
    """What is known about listings: few beside the enterprises, so that they are held while the rest streams by."""

    listings: dict[str, list[Listing]] = field(default_factory=dict)
    """By enterprise, in order of their ids."""
    relations: dict[str, dict[tuple[RelationKind, str], dict[str, set[str]]]] = field(default_factory=dict)
    """Enterprise -> (kind, other enterprise) -> ids of the other's listings that count -> by which person."""
    links: Links = field(default_factory=Links)

    def relations_of(self, uscc: str) -> tuple[Relation, ...]:
        """Return the relations of *uscc* to enterprises with listings, in order."""
        found = self.relations.get(uscc, {})
        related = (self._relation(uscc, kind, other, ids) for (kind, other), ids in sorted(found.items()))
        return tuple(each for each in related if each.listings)

    def _relation(self, uscc: str, kind: RelationKind, other: str, ids: Mapping[str, set[str]]) -> Relation:
        """Return a relation with the listings as they reach through persons, or as they weigh on their unit."""
        reaching: list[Listing] = []
        doubts: dict[str, Doubt] = {}
        for listing in self.listings[other]:
            keys = ids.get(listing.listing_id)
            if keys is None:
                continue
            if not keys:
                reaching.append(listing)
            elif persons := genuine(self.links, keys, (uscc, other)):
                reaching.append(weighing_on(listing, set(persons)))
                if all(persons.values()):
                    doubts[listing.listing_id] = tuple(spans for _, spans in sorted(persons.items()))
        return Relation(kind, other, tuple(reaching), doubts)


def read_dossiers(
    connection: Connection, revision: int, codes: Sequence[str] | None = None, *, weightless: bool = True
) -> Iterator[tuple[Dossier, bool]]:
    """Yield (dossier, whether its code fails the standard and the master feed has it) in order of code.

    Args:
        connection: In one transaction until the last is taken.
        revision: What was known then.
        codes: At most as many as one statement takes; None for every enterprise.
        weightless: With the facts that no timeline depends on; without them, whoever has no others is there too.
    """
    related = read_related(connection, revision, codes)
    wanted = related.listings.keys() | related.relations.keys()
    if codes is not None:
        wanted &= set(codes)
    if not weightless:
        wanted |= set(connection.execute(_known_by_facts_alone(revision, codes)).scalars())
    others = ((uscc, OTHER, None) for uscc in sorted(wanted))
    # Closed in any case: a record that cannot be understood ends the reading in the midst of their rows.
    with (
        closing(_versions(connection, tables.enterprise_profile, revision, codes)) as profile_rows,
        closing(_facts(connection, revision, codes, weightless=weightless)) as fact_rows,
    ):
        profiles = ((row.uscc, PROFILE, row) for row in profile_rows)
        facts = ((row.uscc, FACT, row) for row in fact_rows)
        for uscc, rows in groupby(merge(profiles, facts, others, key=itemgetter(0, 1)), key=itemgetter(0)):
            yield _dossier(uscc, rows, related)


def _dossier(uscc: str, rows: Iterable[tuple[str, int, Any]], related: Related) -> tuple[Dossier, bool]:
    profiles: list[Any] = []
    facts: list[Fact] = []
    for _, what, row in rows:
        if what == PROFILE:
            profiles.append(row)
        elif what == FACT:
            facts.append(content.decode(row.kind, row.record_id, row.content))
    profiles.sort(key=lambda row: (row.valid_from, row.revision_from, row.record_id))
    dossier = Dossier(
        uscc=uscc,
        profiles=tuple(profile_of(row) for row in profiles),
        facts=tuple(sorted(facts, key=lambda fact: fact.record_id)),
        listings=tuple(related.listings.get(uscc, ())),
        relations=related.relations_of(uscc),
    )
    return dossier, any(row.nonconforming for row in profiles)


def known_at(table: FromClause, revision: int) -> ColumnElement[bool]:
    """Return the condition under which a version was current at *revision*."""
    until = table.c.revision_until
    return (table.c.revision_from <= revision) & or_(until.is_(None), until > revision)


def _versions(
    connection: Connection, table: Table, revision: int, codes: Sequence[str] | None, *more: ColumnElement[bool]
) -> Generator[Row[*tuple[Any, ...]]]:
    wanted = select(table).where(known_at(table, revision), *_among(table.c.uscc, codes), *more).order_by(table.c.uscc)
    with connection.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE}) as result:
        yield from result


def _facts(
    connection: Connection, revision: int, codes: Sequence[str] | None, *, weightless: bool
) -> Generator[Row[*tuple[Any, ...]]]:
    table = tables.simple_record
    weighing = () if weightless else (table.c.kind.not_in(sorted(content.WEIGHTLESS)),)
    return _versions(connection, table, revision, codes, *weighing)


def _known_by_facts_alone(revision: int, codes: Sequence[str] | None) -> Select[str]:
    """Return the statement for enterprises of which facts are known and no profile.

    Their codes come from the index alone; only of the few without a profile is a fact looked at.
    """
    profile, fact = tables.enterprise_profile, tables.simple_record
    coded = select(fact.c.uscc).where(*_among(fact.c.uscc, codes)).distinct().subquery()
    vouched = select(profile.c.uscc).where(profile.c.uscc == coded.c.uscc, known_at(profile, revision)).exists()
    found = select(fact.c.uscc).where(fact.c.uscc == coded.c.uscc, known_at(fact, revision)).exists()
    return select(coded.c.uscc).where(~vouched, found)


def _among(column: Column[Any], codes: Sequence[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if codes is None else (column.in_(codes),)


def read_related(connection: Connection, revision: int, codes: Sequence[str] | None = None) -> Related:
    """Return what is known about listings at *revision*, of all enterprises or of *codes*."""
    found = Related()
    for kind, statement in _relations(revision, codes):
        for uscc, other, listing_id, *key in connection.execute(statement):
            ids = found.relations.setdefault(uscc, {}).setdefault((kind, other), {})
            ids.setdefault(listing_id, set()).update(key)
    others = {other for pairs in found.relations.values() for _, other in pairs}
    wanted = None if codes is None else sorted({*codes, *others})
    found.links = Links(read_disputes(connection, revision, {*found.relations, *others}))
    for listing in read_listings(connection, revision, wanted):
        found.listings.setdefault(listing.uscc, []).append(listing)
    return found


def read_disputes(
    connection: Connection, revision: int, codes: Iterable[str]
) -> dict[tuple[str, str], tuple[IdentityDispute, ...]]:
    """Return the disputes about persons' identities in these enterprises, by the person's key and the enterprise."""
    table = tables.simple_record
    of_kind = table.c.kind == IdentityDispute.wire_name
    found: dict[tuple[str, str], tuple[IdentityDispute, ...]] = {}
    for batch in batches(codes):
        wanted = select(table).where(of_kind, known_at(table, revision), table.c.uscc.in_(batch))
        for row in connection.execute(wanted.order_by(table.c.record_id)):
            fact = content.decode(row.kind, row.record_id, row.content)
            if not isinstance(fact, IdentityDispute):
                raise content.ContentError(f"record {row.record_id}: is no dispute")
            found[fact.person, row.uscc] = (*found.get((fact.person, row.uscc), ()), fact)
    return found


def _relations(revision: int, codes: Sequence[str] | None) -> Iterable[tuple[RelationKind, Select[*tuple[str, ...]]]]:
    """Yield statements for (enterprise, related enterprise, id of the latter's listing), one for each way.

    The way through a person has that person's key as a fourth column.
    """
    profile, listing, person = tables.enterprise_profile, tables.listing, tables.listed_person
    known = (known_at(profile, revision), held_at(listing, revision), profile.c.uscc != listing.c.uscc)
    for kind, column in (
        (RelationKind.HEAD_OFFICE, profile.c.head_office_uscc),
        (RelationKind.PREDECESSOR, profile.c.successor_of_uscc),
    ):
        joined = select(profile.c.uscc, listing.c.uscc, listing.c.listing_id).join(listing, listing.c.uscc == column)
        yield kind, joined.where(*known, *_among(profile.c.uscc, codes))
    branches = select(profile.c.head_office_uscc, listing.c.uscc, listing.c.listing_id)
    yield (
        RelationKind.BRANCH,
        branches.join(listing, listing.c.uscc == profile.c.uscc).where(
            known[0], known[1], profile.c.head_office_uscc != profile.c.uscc, *_among(profile.c.head_office_uscc, codes)
        ),
    )
    persons = select(profile.c.uscc, listing.c.uscc, listing.c.listing_id, person.c.person_key)
    yield (
        RelationKind.LEGAL_REPRESENTATIVE,
        persons.join(person, person.c.person_key == profile.c.representative_key)
        .join(listing, OF_PERSON)
        .where(*known, held_at(person, revision), *_among(profile.c.uscc, codes)),
    )


def relations_to(connection: Connection, revision: int, codes: Sequence[str]) -> Iterable[str]:
    """Yield the enterprises by whose listings *codes* are reached at *revision*."""
    for _, statement in _relations(revision, codes):
        yield from (row[1] for row in connection.execute(statement))


def read_listings(connection: Connection, revision: int, codes: Sequence[str] | None = None) -> Iterable[Listing]:
    """Yield listings in order of their ids, each with the acts and persons known then; None is every enterprise."""
    listing, act, person = tables.listing.c, tables.listing_act, tables.listed_person
    joined = select(person.c.listing_id, person.c.person_key).join(tables.listing, OF_PERSON)
    persons: dict[str, set[str]] = {}
    for listing_id, key in connection.execute(joined.where(held_at(person, revision), *_among(listing.uscc, codes))):
        persons.setdefault(listing_id, set()).add(key)
    owned = select(act, listing.uscc).join(tables.listing, OF_ACT)
    acts = owned.where(held_at(act, revision), *_among(listing.uscc, codes))
    ordered = connection.execute(acts.order_by(act.c.listing_id, act.c.revision, act.c.act_id))
    for listing_id, rows in groupby(ordered, key=lambda row: row.listing_id):
        own = list(rows)
        yield Listing(
            listing_id=listing_id,
            uscc=own[0].uscc,
            acts=tuple(act_of(row) for row in own),
            person_keys=frozenset(persons.get(listing_id, ())),
        )
