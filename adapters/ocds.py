"""OCDS 1.1 in and out: the bidders of a release are checked, and the release comes back annotated.

Reads ``tender.tenderers``, ``bids.details[].tenderers``, ``awards[].suppliers`` and ``contracts[].suppliers``, and
finds each in ``parties[]``. Writes an object ``jointSanctions`` into each such party and changes nothing else. A party
without a unified social credit code cannot be checked and is ``UNVERIFIABLE``, never clean. What is asked, and at which
decision point, the area's adapter says.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adapters.lossless import Json, dumps, loads
from adapters.ocds_annotation import annotation, without_code
from adapters.questions import Party
from formats.identifiers import UsccError, normalise_uscc, parse_uscc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.clearance import Standing
    from adapters.errors import NotClearedError

SCHEME = "CN-USCC"
"""Scheme of an OCDS identifier that is a unified social credit code."""

EXTENSION = "jointSanctions"
"""Name of the object that is added to a party; one that is there already is replaced."""

Object = dict[str, Json]


class OcdsError(ValueError):
    """The document is no OCDS release or release package that can be read; the message names the place."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A tenderer or supplier of a release that has a code, with its consortium.

    Attributes:
        lead: The party itself.
        members: The other members of its consortium.
    """

    lead: Party
    members: tuple[Party, ...]


class Check(Protocol):
    """Asks about the entrants of one release."""

    def __call__(self, ocid: str, entrants: Sequence[Entrant], /) -> Sequence[Standing | NotClearedError]:
        """Return one result for each entrant, in order; *ocid* is the case number."""


@dataclass(frozen=True, slots=True)
class Annotator:
    """How a document is to be annotated.

    Attributes:
        check: Asks.
        point: Name of the decision point, such as ``"BIDDING_AWARD"``.
        consortium: Party id of each consortium's lead, with the party ids of all its other members: core OCDS has no
            place for them. Empty when all come alone.
    """

    check: Check
    point: str
    consortium: Mapping[str, Sequence[str]]

    def annotate_text(self, text: str) -> str:
        """Annotate JSON text, in which every number keeps its digits; raises ``OcdsError`` also when it is no JSON."""
        try:
            document = loads(text)
        except ValueError as error:
            raise OcdsError(f"the text is no JSON: {error}") from error
        if not isinstance(document, dict):
            raise OcdsError("the document is no JSON object")
        return dumps(self.annotate(document))

    def annotate(self, document: Object) -> Object:
        """Check the tenderers and suppliers of a release, or of each release of a package.

        Returns:
            A copy with ``jointSanctions`` in each party that was checked, members of a consortium included.

        Raises:
            OcdsError: It is no release or package, a tenderer or member is no party, or the consortium does not fit.
        """
        ids = [each for lead, members in self.consortium.items() for each in (lead, *members)]
        if len(set(ids)) < len(ids):
            raise OcdsError("consortium: a party is named twice")
        copy = deepcopy(document)
        package = "releases" in copy
        releases = _objects(copy, "releases", "") if package else [copy]
        leads: set[str] = set()
        for i, release in enumerate(releases):
            leads.update(self._annotate_release(release, f"releases[{i}]." if package else ""))
        for lead in self.consortium:
            if lead not in leads:
                raise OcdsError(f"consortium: {lead} is no tenderer and no supplier")
        return copy

    def _annotate_release(self, release: Object, where: str) -> list[str]:
        ocid = release.get("ocid")
        if not isinstance(ocid, str) or not ocid:
            raise OcdsError(f"{where}ocid: it is missing; a release or a package of releases is expected")
        parties = _parties(release, where)
        leads = self._leads(release, where)
        entrants: dict[str, Entrant] = {}
        for lead in leads:
            try:
                found = [_party(each, parties) for each in self._group(lead)]
            except _NoCodeError as error:
                self._put(lead, parties, without_code(self.point, str(error)))
            else:
                entrants[lead] = Entrant(found[0], tuple(found[1:]))
        results = self.check(ocid, tuple(entrants.values())) if entrants else ()
        for lead, result in zip(entrants, results, strict=True):
            self._put(lead, parties, annotation(self.point, result))
        return leads

    def _leads(self, release: Object, where: str) -> list[str]:
        members = {each for others in self.consortium.values() for each in others}
        return [each for each in dict.fromkeys(_entrants(release, where)) if each not in members]

    def _group(self, lead: str) -> list[str]:
        return [lead, *self.consortium.get(lead, ())]

    def _put(self, lead: str, parties: Mapping[str, Object], added: Object) -> None:
        for each in self._group(lead):
            parties[each][EXTENSION] = deepcopy(added)


class _NoCodeError(Exception):
    """A party has no code, or more than one."""


def _entrants(release: Object, where: str) -> Iterator[str]:
    """Yield the party ids of all tenderers, then of all suppliers; core OCDS has those of a contract in its award."""
    tender, bids = release.get("tender"), release.get("bids")
    if isinstance(tender, dict):
        yield from _ids(tender, "tenderers", f"{where}tender.")
    if isinstance(bids, dict):
        for i, bid in enumerate(_objects(bids, "details", f"{where}bids.")):
            yield from _ids(bid, "tenderers", f"{where}bids.details[{i}].")
    for name in ("awards", "contracts"):
        for i, each in enumerate(_objects(release, name, where)):
            yield from _ids(each, "suppliers", f"{where}{name}[{i}].")


def _ids(parent: Object, name: str, where: str) -> Iterator[str]:
    for i, reference in enumerate(_objects(parent, name, where)):
        if reference.get("id") in (None, ""):
            raise OcdsError(f"{where}{name}[{i}].id: it is missing")
        yield str(reference["id"])


def _parties(release: Object, where: str) -> dict[str, Object]:
    parties: dict[str, Object] = {}
    for i, party in enumerate(_objects(release, "parties", where)):
        name = str(party.get("id") or "")
        if name in parties or not name:
            raise OcdsError(f"{where}parties[{i}].id: it is missing, or another party has it")
        parties[name] = party
    return parties


def _objects(parent: Object, name: str, where: str) -> list[Object]:
    """Return a list of objects; none when the member is missing or null."""
    value = parent.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise OcdsError(f"{where}{name}: a list is expected")
    objects = [each for each in value if isinstance(each, dict)]
    if len(objects) < len(value):
        raise OcdsError(f"{where}{name}: its elements are objects")
    return objects


def _party(name: str, parties: Mapping[str, Object]) -> Party:
    """Return a party with its one code; a code under our scheme goes before one that is found by its form."""
    if name not in parties:
        raise OcdsError(f"parties: none has the id {name}")
    party = parties[name]
    identifiers = _objects(party, "additionalIdentifiers", f"parties {name}: ")
    identifier = party.get("identifier")
    if isinstance(identifier, dict):
        identifiers.insert(0, identifier)
    ours = {normalise_uscc(str(each["id"])) for each in identifiers if each.get("scheme") == SCHEME and each.get("id")}
    codes = ours or {code for each in identifiers for code in _code_by_form(each)}
    if len(codes) != 1:
        raise _NoCodeError(f"{'more than one' if codes else 'no'} unified social credit code: {name}")
    return Party(codes.pop(), _legal_name(party))


def _code_by_form(identifier: Object) -> Iterator[str]:
    try:
        yield parse_uscc(str(identifier.get("id") or "")).code
    except UsccError:
        return


def _legal_name(party: Object) -> str:
    identifier = party.get("identifier")
    legal = identifier.get("legalName") if isinstance(identifier, dict) else None
    names = (legal, party.get("name"))
    return next((name for name in names if isinstance(name, str) and name), "")
