"""Submitted records from the wire: header, kind and content.

What a kind must carry is the table of ``registry.proto``; what it means is in ``gateway/domain``. Persons' numbers are
replaced by their keyed hashes here, before anything is kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jointsanctions.v1 import registry_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields, record_acts, record_facts
from gateway.rpc.record_fields import Header, People
from gateway.services.submit_records import IncomingRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.services.ports import PersonVault, SubmittedRow


WITHOUT_AUTHORITY = frozenset({"enterprise", "five_systems"})
"""Kinds that no authority decides."""
WITHOUT_DOCUMENT = WITHOUT_AUTHORITY | {"published_notice"}
"""Kinds whose document may have no number: notices are often published without theirs."""


class RecordReader:
    """Turns records of the wire into rows for the store."""

    def __init__(self, vault: PersonVault) -> None:
        self._people = People(vault)

    def read(self, record: pb.Record, feed: str) -> IncomingRow:
        """Return one record as a row whose code is still to be checked.

        Raises:
            MalformedRequestError: The first field at fault, as its path within the record.
        """
        kind = record.WhichOneof("fact")
        if kind is None:
            raise MalformedRequestError("fact", "is required")
        source_key = fields.required(record.source_key, "source_key", 128)
        authority = fields.text if kind in WITHOUT_AUTHORITY else fields.required
        document = fields.text if kind in WITHOUT_DOCUMENT else fields.required
        identity = hashlib.sha256(f"{feed}\0{kind}\0{source_key}".encode()).hexdigest()[:24]
        header = Header(
            record.row,
            kind,
            f"{kind}-{identity}",
            authority(record.authority, "authority", 200),
            document(record.document_number, "document_number", 128),
            self._digest(record),
        )
        name = fields.text(record.name, "name", 300)
        return IncomingRow(_READERS[kind](self._people, record, header), record.uscc, name)

    def _digest(self, record: pb.Record) -> str:
        """Hash the content without its row number, and with persons' keys in place of their numbers."""
        bare = pb.Record()
        bare.CopyFrom(record)
        bare.row = 0
        for person in _persons_of(bare):
            person.document_number = self._people.key(person)
        return hashlib.sha256(bare.SerializeToString(deterministic=True)).hexdigest()


def _persons_of(record: pb.Record) -> list[pb.PersonRef]:
    if record.WhichOneof("fact") == "listing_act":
        return list(record.listing_act.persons)
    if record.WhichOneof("fact") == "enterprise" and record.enterprise.HasField("legal_representative"):
        return [record.enterprise.legal_representative]
    return []


_READERS: dict[str, Callable[[People, pb.Record, Header], SubmittedRow]] = {
    "enterprise": record_facts.enterprise,
    "complaint": record_facts.complaint,
    "arrears": record_facts.arrears,
    "five_systems": record_facts.five_systems,
    "publication": record_facts.publication,
    "penalty": record_facts.penalty,
    "conviction": record_facts.conviction,
    "published_notice": record_facts.published_notice,
    "red_list": record_facts.red_list,
    "grade_recovery": record_facts.grade_recovery,
    "listing_act": record_acts.listing_act,
    "attachment": record_acts.attachment,
}
KINDS = frozenset(_READERS)
"""Every kind of record, as ``registry.proto`` names it."""
