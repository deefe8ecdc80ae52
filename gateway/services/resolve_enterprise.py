"""Which enterprise is meant: candidates for a code, an old organisation code or a name. Never a verdict (I-23, X-01).

A code is looked up as it is. A full name that, however it is written, one enterprise alone bears identifies it; whoever
then asks whether it may go ahead asks by its code. Anything less exact only orders what a person chooses among.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from formats.names import normalise_name
from gateway.domain.candidates import Candidate, CandidateFile, CandidateRelation, MatchKind, by_name, spans_of
from gateway.domain.name_likeness import LEAST_PER_MILLE, likeness
from gateway.domain.records import RelationKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from gateway.domain.name_likeness import Likeness
    from gateway.services.ports.names import KnownNames, RegisteredName, RegisteredNames
    from gateway.services.ports.register import Indexed, Register

COMPARED: Final = 60
"""Enterprises whose names are compared with one that nobody bears."""
COMPARED_AT_ONCE: Final = 20
"""Names compared before others get their turn: some tenths of a millisecond."""
BEARERS: Final = 200
"""Enterprises of one name that are looked at; of a name that more have, nobody is identified."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was given: one of the two codes, normalised, or a name. The others are empty; a name may stand by a code."""

    uscc: str = ""
    organisation_code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Candidates, the likeliest first, at one data revision."""

    candidates: tuple[Candidate, ...]
    revision: int
    left_out: bool
    """There are more of the name or the organisation code than are shown."""


class ResolveEnterprise:
    """Finds candidates."""

    def __init__(self, register: Register, names: KnownNames, registered: RegisteredNames) -> None:
        self._register = register
        self._names = names
        self._registered = registered

    async def __call__(self, sought: Sought, day: date, most: int, turn: Callable[[], Awaitable[None]]) -> Resolved:
        """Return at most *most* candidates; none when nobody is like what was sought.

        Args:
            sought: By what.
            day: The present civil day, by which names are borne.
            most: At least 1.
            turn: Lets the calls of others begin; awaited between the steps of a long search.

        Raises:
            StoreUnavailableError: The store could not be read, or the names are not read yet.
        """
        if not sought.uscc:
            await self._names.ready()
        revision = self._register.revision
        if sought.uscc:
            held = self._register.find(sought.uscc) is not None
            candidates = await asyncio.to_thread(self._by_code, sought, day, revision, held=held)
        elif sought.organisation_code:
            found = self._names.with_organisation_code(sought.organisation_code)[:BEARERS]
            candidates = await asyncio.to_thread(self._by_organisation_code, found, sought, day, revision)
        elif found := self._names.bearing(normalise_name(sought.name)):
            candidates = await asyncio.to_thread(self._by_name, found, sought.name, day, revision)
        else:
            alike = await self._alike(normalise_name(sought.name), most, turn)
            candidates = await asyncio.to_thread(self._similar, alike, day, revision)
        return Resolved(tuple(candidates[:most]), revision, len(candidates) > most)

    def _by_code(self, sought: Sought, day: date, revision: int, *, held: bool) -> list[Candidate]:
        after = [code for code in self._registered.successors(sought.uscc, revision) if code != sought.uscc]
        own = self._files([sought.uscc] if held else [], day, revision)
        return [
            *(_coded(file, MatchKind.USCC, sought.name, identified=True) for file in own),
            *(_coded(file, MatchKind.PREDECESSOR_USCC, sought.name) for file in self._files(after, day, revision)),
        ]

    def _by_organisation_code(
        self, found: Sequence[Indexed], sought: Sought, day: date, revision: int
    ) -> list[Candidate]:
        files = self._files([each.uscc for each in found], day, revision)
        coded = [_coded(file, MatchKind.ORGANISATION_CODE, sought.name) for file in files]
        return sorted(coded, key=lambda each: (not each.name_agrees, each.file.uscc))

    def _by_name(self, found: Sequence[Indexed], name: str, day: date, revision: int) -> list[Candidate]:
        files = self._files([each.uscc for each in found[:BEARERS]], day, revision)
        # The index may be ahead of the revision that is read: who had the name at neither is none of them.
        key = normalise_name(name)
        bearing = [file for file in files if any(normalise_name(span.name) == key for span in file.spans)]
        candidates = by_name(bearing, name, day)
        return [replace(each, identified=False) for each in candidates] if len(found) > BEARERS else candidates

    async def _alike(self, key: str, most: int, turn: Callable[[], Awaitable[None]]) -> list[tuple[str, str, Likeness]]:
        """Return (code, name, likeness) of those whose names are most like the one sought, the likeliest first."""
        best: list[tuple[str, str, Likeness]] = []
        for place, each in enumerate(await self._names.near(key, COMPARED, turn)):
            if place % COMPARED_AT_ONCE == COMPARED_AT_ONCE - 1:
                await turn()
            compared = ((name, likeness(key, normalise_name(name))) for name in each.names)
            name, how = max(compared, key=lambda pair: pair[1].per_mille)
            if how.per_mille >= LEAST_PER_MILLE:
                best.append((each.uscc, name, how))
        return sorted(best, key=lambda each: (-each[2].per_mille, each[0]))[:most]

    def _similar(self, alike: Sequence[tuple[str, str, Likeness]], day: date, revision: int) -> list[Candidate]:
        files = self._files([code for code, _, _ in alike], day, revision)
        return [
            Candidate(file, MatchKind.SIMILAR_NAME, matched=matched, likeness=how)
            for file, (_, name, how) in zip(files, alike, strict=True)
            for matched in [next((span for span in file.spans if span.name == name), None)]
            if matched is not None
        ]

    def _files(self, codes: Sequence[str], day: date, revision: int) -> list[CandidateFile]:
        """Return what the register says of each, in the order of *codes*."""
        profiles = self._registered.of(codes, revision)
        now = {code: _begun(own, day) for code, own in profiles.items()}
        others = [code for each in now.values() if each for _, code in _related(each)]
        named = self._registered.of(others, revision) if others else {}
        return [
            CandidateFile(
                code,
                spans_of([(profile.name, profile.valid_from) for profile in profiles.get(code, ())]),
                borne.business_status if borne else None,
                tuple(
                    CandidateRelation(kind, other, named[other][-1].name if other in named else "")
                    for kind, other in (_related(borne) if borne else ())
                ),
            )
            for code in codes
            for borne in [now.get(code)]
        ]


def _begun(profiles: Sequence[RegisteredName], day: date) -> RegisteredName | None:
    begun = [profile for profile in profiles if profile.valid_from <= day]
    return begun[-1] if begun else None


def _related(now: RegisteredName) -> list[tuple[RelationKind, str]]:
    both = ((RelationKind.HEAD_OFFICE, now.head_office_uscc), (RelationKind.PREDECESSOR, now.predecessor_uscc))
    return [(kind, code) for kind, code in both if code]


def _coded(file: CandidateFile, kind: MatchKind, name: str, *, identified: bool = False) -> Candidate:
    if not name:
        return Candidate(file, kind, identified)
    key = normalise_name(name)
    agrees = any(normalise_name(span.name) == key for span in file.spans)
    return Candidate(file, kind, identified, name_agrees=agrees)
