"""What a chunk changes: each row against what is on record, in order, to an outcome and the rows to write.

No SQL here. A row is decided on what the rows before it in the chunk have made; of several versions of a record in one
chunk only the last is written, because nobody can see the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from formats.names import normalise_name
from gateway.domain.kinds.identity_dispute import IdentityDispute
from gateway.domain.kinds.published_notice import PublishedNotice
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import RowOutcome
from gateway.storage import content, tables
from gateway.storage.known import PROFILE_KIND, Attached, Known, OnRecord, references
from gateway.storage.rows import act_row, attachment_row, held_again, held_row, person_row, profile_row, simple_row
from gateway.storage.staged import Staged

if TYPE_CHECKING:
    from sqlalchemy import Table

    from gateway.services.ports.facts import SubmittedRow
    from gateway.storage.staged import RowValues


_ATTACHABLE: Final = frozenset({tables.held_notice, tables.simple_record})
"""Tables of records that an officer may give to an enterprise."""


class RowRejectedError(Exception):
    """This row cannot be stored: ``field`` is its path within the record."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class Changes:
    """Takes the rows of one chunk, in order."""

    def __init__(self, known: Known, revision: int) -> None:
        self._known = known
        self._committed = dict(known.records)
        self._committed_attachments = frozenset(known.attachments)
        self._revision = revision
        self.staged: Final = Staged()

    def take(self, row: SubmittedRow) -> RowOutcome:
        """Decide one row and stage what it changes.

        Raises:
            ValueError: The row has no content: a fault of the caller's program, not of the data.
        """
        try:
            status = self._decide(row)
        except RowRejectedError as error:
            return RowOutcome(row.row, RowStatus.REJECTED, row.record_id, error.field, error.why)
        if status is not RowStatus.UNCHANGED:
            self._keep_persons(row)
        if status is RowStatus.HELD and row.held is not None:
            return RowOutcome(row.row, status, row.record_id, "uscc", row.held.why)
        return RowOutcome(row.row, status, row.record_id)

    def _decide(self, row: SubmittedRow) -> RowStatus:
        if row.listing_act is not None:
            return self._take_act(row)
        if row.attachment is not None:
            return self._take_attachment(row)
        if row.profile is not None:
            return self._take_profile(row)
        if row.fact is not None or row.held is not None:
            return self._take_fact(row)
        raise ValueError(f"row {row.row} has no content")

    def _take_profile(self, row: SubmittedRow) -> RowStatus:
        before = self._before(row.record_id, PROFILE_KIND)
        if before is not None and (before.uscc, before.content_digest) == (row.uscc, row.content_digest):
            return RowStatus.UNCHANGED
        values = profile_row(row, self._revision)
        _name_key(values["name"], "enterprise.name")
        head_office = values["head_office_uscc"] or ""
        after = OnRecord(PROFILE_KIND, row.uscc, row.content_digest, head_office=head_office)
        self._put(row.record_id, after, tables.enterprise_profile, values)
        self.staged.head_offices.update(code for code in (head_office, before and before.head_office) if code)
        return RowStatus.STORED

    def _take_fact(self, row: SubmittedRow) -> RowStatus:
        fact = row.fact if row.held is None else row.held.fact
        assert fact is not None  # noqa: S101 - _decide has seen to it
        kind = content.kind_of(fact)
        if row.held is not None and not isinstance(fact, PublishedNotice):
            raise RowRejectedError("uscc", "is required: only published notices are held without one")
        before = self._before(row.record_id, kind)
        if row.person_key:
            return self._take_person_record(row, before, OnRecord(kind, "", row.content_digest, content.encode(fact)))
        attached = self._known.attached.get(row.record_id)
        uscc = row.uscc if row.held is None else (attached.uscc if attached is not None else "")
        if before is not None and (before.uscc, before.content_digest) == (uscc, row.content_digest):
            return RowStatus.UNCHANGED
        self._check_references(row)
        if row.held is None and attached is not None:
            # The source names the enterprise itself now: what an officer said in its stead ends.
            self._end_attachment(attached)
        text = content.encode(fact)
        if row.held is not None and not uscc:
            key = _name_key(row.held.name, "name")
            after = OnRecord(kind, "", row.content_digest, text, key)
            self._put(row.record_id, after, tables.held_notice, held_row(row, after, self._revision))
            return RowStatus.HELD
        after = OnRecord(kind, uscc, row.content_digest, text)
        self._put(row.record_id, after, tables.simple_record, simple_row(row.record_id, after, self._revision))
        return RowStatus.STORED

    def _take_person_record(self, row: SubmittedRow, before: OnRecord | None, content_only: OnRecord) -> RowStatus:
        """A natural person's record concerns no enterprise: nobody's dossier is touched."""
        after = replace(content_only, person_key=row.person_key)
        if before == after:
            return RowStatus.UNCHANGED
        self._put(row.record_id, after, tables.person_record, person_row(row, after, self._revision))
        return RowStatus.STORED

    def _check_references(self, row: SubmittedRow) -> None:
        for reference in references(row):
            target = self._known.records.get(reference.record_id)
            if target is None or target.uscc != row.uscc or target.kind not in reference.kinds:
                wanted = " or ".join(reference.kinds)
                raise RowRejectedError(reference.field, f"no {wanted} of this enterprise is on record under this id")

    def _take_attachment(self, row: SubmittedRow) -> RowStatus:
        wanted = row.attachment
        assert wanted is not None  # noqa: S101 - _decide has seen to it
        own = self._known.attachments.get(row.record_id)
        if own is not None and own.content_digest == row.content_digest and own.uscc == wanted.uscc:
            return RowStatus.UNCHANGED
        if own is not None and own.target != wanted.record_id:
            raise RowRejectedError("attachment.record_id", "this attachment is on record for another record")
        other = self._known.attached.get(wanted.record_id)
        if other is not None and other is not own:
            raise RowRejectedError("attachment.record_id", "the record is attached already, under another source key")
        target = self._known.records.get(wanted.record_id)
        if target is None or _table_of(target) not in _ATTACHABLE or (target.uscc and own is None):
            raise RowRejectedError("attachment.record_id", "no record without a code is held under this id")
        if own is None and not wanted.uscc:
            raise RowRejectedError("attachment.detached", "the record is attached to nobody by this attachment")
        if not wanted.uscc and target.uscc:
            self._hold_again(wanted.record_id, target)
        elif target.uscc != wanted.uscc:
            after = replace(target, uscc=wanted.uscc, name_key="")
            values = simple_row(wanted.record_id, after, self._revision)
            self._put(wanted.record_id, after, tables.simple_record, values)
        if row.record_id in self._committed_attachments:
            self.staged.ended[tables.attachment].add(row.record_id)
        self.staged.versions[tables.attachment][row.record_id] = attachment_row(row, wanted, self._revision)
        attached = Attached(row.record_id, wanted.record_id, wanted.uscc, row.content_digest)
        self._known.remember_attachment(attached)
        return RowStatus.STORED

    def _hold_again(self, record_id: str, attached: OnRecord) -> None:
        """Hold a detached notice as it was held before: under the name and the code that were published."""
        before = self._known.held.get(record_id)
        if before is None:
            raise RowRejectedError("attachment.record_id", "no record without a code is held under this id")
        after = replace(attached, uscc="", name_key=before["name_key"])
        values = {**before, **held_again(record_id, after, self._revision)}
        self._put(record_id, after, tables.held_notice, values)

    def _take_act(self, row: SubmittedRow) -> RowStatus:
        act = row.listing_act
        assert act is not None  # noqa: S101 - _decide has seen to it
        owner = self._known.listings.get(row.listing_id)
        if owner is not None and owner != row.uscc:
            raise RowRejectedError("listing_act.listing_id", "this listing is of another enterprise")
        digest = self._known.acts.get(act.act_id)
        if digest == row.content_digest:
            return RowStatus.UNCHANGED
        if digest is not None:
            raise RowRejectedError("source_key", "this act is on record with other content: acts are only ever added")
        if self._known.authorities.setdefault(row.listing_id, act.authority) != act.authority:
            raise RowRejectedError("authority", "only the authority whose listing it is may change it (L-01)")
        if owner is None:
            self._add(tables.listing, listing_id=row.listing_id, uscc=row.uscc, revision=self._revision)
            self._known.listings[row.listing_id] = row.uscc
        self.staged.added[tables.listing_act].append(act_row(row, act, self._revision))
        self._known.acts[act.act_id] = row.content_digest
        for key in sorted(row.person_keys):
            if (row.listing_id, key) not in self._known.listed:
                self._known.listed.add((row.listing_id, key))
                self._add(tables.listed_person, listing_id=row.listing_id, person_key=key, revision=self._revision)
        self.staged.codes.add(row.uscc)
        self.staged.listed_codes.add(row.uscc)
        return RowStatus.STORED

    def _before(self, record_id: str, kind: str) -> OnRecord | None:
        before = self._known.records.get(record_id)
        if before is not None and before.kind != kind:
            raise RowRejectedError("source_key", f"this record is on record as another kind: {before.kind}")
        return before

    def _put(self, record_id: str, after: OnRecord, table: Table, values: RowValues) -> None:
        """Make *after* the current version, in whichever table the record was before."""
        before = self._known.records.get(record_id)
        committed = self._committed.get(record_id)
        if committed is not None:
            self.staged.ended[_table_of(committed)].add(record_id)
        if before is not None:
            self.staged.versions[_table_of(before)].pop(record_id, None)
        self.staged.versions[table][record_id] = values
        self._known.records[record_id] = after
        for version in (before, after):
            if version is not None and version.uscc:
                weightless = version.kind in content.WEIGHTLESS
                (self.staged.weightless_codes if weightless else self.staged.codes).add(version.uscc)
                if version.kind == IdentityDispute.wire_name:
                    # Listings of the enterprise reach others through the person.
                    self.staged.listed_codes.add(version.uscc)
            if version is not None and version.name_key:
                self.staged.name_keys.add(version.name_key)

    def _end_attachment(self, attached: Attached) -> None:
        if attached.record_id in self._committed_attachments:
            self.staged.ended[tables.attachment].add(attached.record_id)
        self.staged.versions[tables.attachment].pop(attached.record_id, None)
        self._known.forget_attachment(attached)

    def _keep_persons(self, row: SubmittedRow) -> None:
        for key, sealed in row.sealed_persons:
            if key not in self._known.persons:
                self._known.persons.add(key)
                self._add(tables.person, key=key, sealed=sealed)

    def _add(self, table: Table, **values: object) -> None:
        self.staged.added[table].append(values)


def _table_of(record: OnRecord) -> Table:
    if record.kind == PROFILE_KIND:
        return tables.enterprise_profile
    if record.person_key:
        return tables.person_record
    return tables.simple_record if record.uscc else tables.held_notice


def _name_key(name: str, path: str) -> str:
    try:
        return normalise_name(name)
    except ValueError as error:
        raise RowRejectedError(path, str(error)) from error
