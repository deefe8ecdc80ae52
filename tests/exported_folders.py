"""Exports made without a server: the use case over a real record and log, its end recorded, and the receipt of that."""

from __future__ import annotations

import asyncio

from audit_calls import NOON, record
from integrated_logs import ORIGIN

from formats import canonical
from formats.access_export import MANIFEST_FILE, PROOFS_FILE, RECEIPT_FILE, ROWS_FILES, digest
from formats.note import parse_key
from gateway.domain.access_export import EXPORT, ExportFormat
from gateway.domain.agencies import Agency, Role
from gateway.domain.audit import Draft
from gateway.services.export_access import ExportAccess
from gateway.services.export_parts import ExportWanted, PartKind
from gateway.services.get_receipt import GetReceipt, Wanted
from gateway.services.ports.audit import AccessFilter
from gateway.services.prove_entries import ProveEntries
from gateway.services.unreported import Unreported
from gateway.storage.audit_reader import read_entries
from gateway.storage.log_queues import PlaceQueues

AUDITOR = Agency(agency_id="audit-bureau", name_zh="审计局", name_en="audit", role=Role.AUDITOR, territory="420300")
RECORDER = "node-1.9"
"""The queue in which ends of exports are recorded here, so that the calls that are exported keep their numbers."""


class Outcomes:
    """Outcomes that were reported, as (agency, case, enterprise)."""

    def __init__(self, *reported):
        self.reported = reported

    def of_cases(self, agency, case_refs):
        return [Reported(*each) for each in self.reported if each[0] == agency and each[1] in case_refs]


class Reported:
    def __init__(self, _agency, case_ref, uscc):
        self.case_ref = case_ref
        self.uscc = uscc


def wanted(form=ExportFormat.JSONL, without_outcome=False, told=None, **conditions):  # noqa: FBT002 - a builder
    return ExportWanted(
        filter=AccessFilter(**conditions),
        without_outcome=without_outcome,
        form=form,
        told=told or {},
        agency=AUDITOR.agency_id,
        role=AUDITOR.role.value,
        officer="zhang.wei",
        begun_at=NOON,
    )


def parts_of(site, index, asked, outcomes=(), wait_seconds=0.2):
    """Return all parts of an export."""
    use = ExportAccess(index, Unreported(Outcomes(*outcomes)), ProveEntries(site.store()), site.clock, wait_seconds)

    async def collect():
        return [part async for part in use(asked, at_once)]

    return asyncio.run(collect())


async def at_once():
    """Nobody else waits here."""


def bytes_of(parts, kind):
    return b"".join(part.data for part in parts if part.kind is kind)


def export_to(folder, site, index, asked, outcomes=(), spoil=None):
    """Export, record the end, integrate it, and write the folder with its receipt; return the folder.

    *spoil* takes rows, proofs and manifest and gives others in their place, as a gateway would that does not export
    what it should: hashes, record and receipt are those of what it gives.
    """
    parts = parts_of(site, index, asked, outcomes)
    rows, manifest = bytes_of(parts, PartKind.CONTENT), bytes_of(parts, PartKind.MANIFEST)
    proofs = bytes_of(parts, PartKind.PROOFS)
    assert parts[-1].content_sha256 == digest(rows)
    if spoil is not None:
        rows, proofs, said = spoil(rows, proofs, canonical.decode(manifest))
        said = {**said, "content_sha256": digest(rows), "proofs_sha256": digest(proofs)}
        manifest = canonical.encode(said)
    form = asked.form.name.lower()
    ended = {"format": form, "count": parts[-1].rows, "content": digest(rows), "manifest": digest(manifest)}
    caller = {"agency": asked.agency, "role": asked.role}
    body = {"method": EXPORT, "outcome": "OK", "caller": caller, "officer": asked.officer, "export": ended}
    record(site.place, Draft(body | ({"search": asked.told} if asked.told else {})), writer=RECORDER)
    site.integrate()
    number = site.place.next_numbers()[RECORDER] - 1
    (entry,) = read_entries(site.place.readers()[RECORDER], RECORDER, number, 1)
    receipts = GetReceipt(PlaceQueues(site.place), ProveEntries(site.store()))
    _, receipt = asyncio.run(receipts(AUDITOR, Wanted(RECORDER, number, entry.leaf, None)))
    folder.mkdir()
    for name, data in (
        (ROWS_FILES[form], rows),
        (PROOFS_FILE, proofs),
        (MANIFEST_FILE, manifest),
        (RECEIPT_FILE, receipt),
    ):
        (folder / name).write_bytes(data)
    return folder


def keys_of(site, *origins):
    return [parse_key(site.store().find(origin).key) for origin in origins or (ORIGIN,)]
