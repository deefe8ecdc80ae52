"""Submitted records from the wire: header, kind and content.

What a kind must carry is in ``gateway/domain/kinds``; acts are read in ``record_acts``. Persons' numbers are replaced
by their keyed hashes here, before anything is kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import record_pb2 as pb

from gateway.domain import kinds
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.fact import Fact, PersonFact
from gateway.rpc import fields, record_acts
from gateway.rpc.record_fields import NAMING_PERSONS, Header, People, persons_of
from gateway.rpc.record_kinds import authority_of, read_fact
from gateway.services.judge_rows import IncomingRow
from gateway.services.ports.facts import SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.services.ports.identity import PersonVault


_ACTS: Final[Mapping[str, Callable[[People, pb.Record, Header], SubmittedRow]]] = {
    "listing_act": record_acts.listing_act,
    "attachment": record_acts.attachment,
}
"""Kinds of record that are no facts."""
KINDS: Final = frozenset(kinds.KINDS) | frozenset(_ACTS)
"""Every kind of record, as ``record.proto`` names it."""


class RecordReader:
    """Turns records of the wire into rows for the store."""

    def __init__(self, vault: PersonVault) -> None:
        self._people = People(vault)

    def read(self, record: pb.Record, feed: str) -> IncomingRow:
        """Return one record as a row whose code is still to be checked.

        Raises:
            MalformedRequestError: The first field at fault, as its path within the record.
        """
        name = record.WhichOneof("fact")
        if name is None:
            raise MalformedRequestError("fact", "is required")
        source_key = fields.required(record.source_key, "source_key", 128)
        authority, number = authority_of(kinds.KINDS.get(name, Fact), record)
        identity = hashlib.sha256(f"{feed}\0{name}\0{source_key}".encode()).hexdigest()[:24]
        header = Header(record.row, name, f"{name}-{identity}", authority, number, self._digest(name, record))
        enterprise_name = fields.text(record.name, "name", 300)
        row = _ACTS[name](self._people, record, header) if name in _ACTS else self._fact(record, header)
        return IncomingRow(row, record.uscc, enterprise_name)

    def _fact(self, record: pb.Record, header: Header) -> SubmittedRow:
        fact, sealed = read_fact(self._people, kinds.KINDS[header.kind], record, header)
        profile = fact if isinstance(fact, EnterpriseProfile) else None
        person = fact.person if isinstance(fact, PersonFact) else None
        return SubmittedRow(
            row=header.row,
            kind=header.kind,
            record_id=header.record_id,
            content_digest=header.content_digest,
            uscc="",
            profile=profile,
            fact=None if profile is not None else fact,
            sealed_persons=sealed,
            person_key=person or "",
        )

    def _digest(self, name: str, record: pb.Record) -> str:
        """Hash the content without its row number, and with persons' keys in place of their numbers."""
        if name not in NAMING_PERSONS:
            row, record.row = record.row, 0
            content = record.SerializeToString(deterministic=True)
            record.row = row
            return hashlib.sha256(content).hexdigest()
        bare = pb.Record()
        bare.CopyFrom(record)
        bare.row = 0
        for person in persons_of(bare):
            person.document_number = self._people.key(person)
        return hashlib.sha256(bare.SerializeToString(deterministic=True)).hexdigest()
