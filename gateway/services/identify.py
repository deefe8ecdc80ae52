"""Who is asked about: a code, and whether the name sent is one that it bore.

A code identifies; a name never does. It is compared where it was sent, and a record without a code that bears the same
full name is shown as a reference (I-01 to I-10, X-01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from formats.civil import civil_date
from formats.names import normalise_name
from gateway.domain import timeline
from gateway.domain.deposit_record import projects_on
from gateway.domain.eligibility import Subject
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import MatchQuality

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.grades import GradeRules
    from gateway.domain.records import Dossier, RelationKind, Unresolved
    from gateway.services.ports.register import History, Register


class NamedParty(NamedTuple):
    """A party as the caller named it: code normalised, name as sent, empty when it was not."""

    uscc: str
    name: str
    relation: RelationKind
    conforming: bool
    """The code meets GB 32100-2015; one that does not must be known to the master feed."""
    field: str
    """Path of the party in the request, for errors."""


def subject_from_index(register: Register, party: NamedParty, rules: GradeRules) -> Subject:
    """Return the party as the index knows it at its present revision.

    Raises:
        MalformedRequestError: The code fails its standard and the master feed does not have it.
    """
    found = register.find(party.uscc)
    sent_key = normalise_name(party.name) if party.name else ""
    keys = found.name_keys if found is not None else frozenset[str]()
    same_name = _namesakes(register, keys | {sent_key} if sent_key else keys)
    if found is None:
        require_conforming(party)
        return Subject(
            party.uscc, "", party.name, party.relation, MatchQuality.UNKNOWN, timeline.empty(rules), same_name
        )
    name = found.names[-1] if found.names else ""
    match = _match(sent_key, keys, nonconforming=found.nonconforming)
    return Subject(party.uscc, name, party.name, party.relation, match, found.timeline, same_name)


def _namesakes(register: Register, keys: frozenset[str]) -> tuple[Unresolved, ...]:
    """Return the records without a sound code that bear one of these normalised names, in the order of the names."""
    if not any(map(register.unresolved, keys)):
        return ()  # of nearly nobody is there any
    return tuple(record for key in sorted(keys) for record in register.unresolved(key))


def subject_from_dossier(
    history: History, party: NamedParty, revision: int, rules: GradeRules, as_of: datetime
) -> Subject:
    """Return the party as it was known at *revision*; blocking. Raises as ``subject_from_index`` does."""
    dossier = history.dossier(party.uscc, revision)
    match = match_of(party, dossier)
    asked = {normalise_name(name) for name in (*(dossier.names if dossier else ()), party.name) if name}
    held = history.unresolved(revision, sorted(asked))
    same_name = tuple(entry for key in sorted(held) for entry in held[key])
    if dossier is None:
        require_conforming(party)
        return Subject(party.uscc, "", party.name, party.relation, match, timeline.empty(rules), same_name)
    profile = dossier.profile_on(civil_date(as_of))
    name = profile.name if profile else ""
    line, projects = timeline.build(dossier, rules), projects_on(dossier.facts, civil_date(as_of))
    return Subject(party.uscc, name, party.name, party.relation, match, line, same_name, projects)


def match_of(party: NamedParty, dossier: Dossier | None) -> MatchQuality:
    """Return how surely *party* is the enterprise of *dossier*, which is None when no record is held."""
    if dossier is None:
        return MatchQuality.UNKNOWN
    keys = frozenset(normalise_name(name) for name in dossier.names)
    sent_key = normalise_name(party.name) if party.name else ""
    return _match(sent_key, keys, nonconforming=not party.conforming)


def _match(sent_key: str, keys: frozenset[str], *, nonconforming: bool) -> MatchQuality:
    if sent_key and keys and sent_key not in keys:
        return MatchQuality.NAME_DIFFERS
    return MatchQuality.NONCONFORMING if nonconforming else MatchQuality.EXACT


def require_conforming(party: NamedParty) -> None:
    """Raise ``MalformedRequestError`` for a code that fails its standard and that nobody knows."""
    if not party.conforming:
        raise MalformedRequestError(f"{party.field}.uscc", "fails its check and no register knows it")
