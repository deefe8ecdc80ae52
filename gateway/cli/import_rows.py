"""One row under a mapping: a record for the gateway, or everything that is wrong with the row.

No row is half understood: one fault, and no record is made of it. Nothing is sent here.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import record_pb2

from formats.canonical import encode
from formats.csv_rows import Fault, SourceRow
from formats.resident_ids import IdentifierError, parse_resident_id
from gateway.cli.import_files import REJECT_COLUMNS
from gateway.cli.import_targets import NOTICE, put
from gateway.cli.import_values import ValueFault
from gateway.domain import kinds
from gateway.domain.kinds.fact import Fact, PersonFact
from gateway.rpc.record_fields import persons_of

if TYPE_CHECKING:
    from gateway.cli.import_layout import Column, Layout, Variant

_KEY_BYTES: Final = 128
_LOST: Final = "\ufffd"
_UNREADABLE: Final = (
    (
        # What a reader puts where it could not decode, and the private characters of other encodings.
        re.compile(f"[{_LOST}\ue000-\uf8ff\U000f0000-\U0010ffff]"),
        "characters were lost in an earlier conversion of encodings",
        "文字在此前的编码转换中已损坏",
    ),
    (re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"), "a control character", "含有控制字符"),
)


class RowMapper:
    """Makes records of the rows of one file."""

    def __init__(self, layout: Layout, header: tuple[str, ...]) -> None:
        self._layout = layout
        self._places = {name: place for place, name in enumerate(header) if name not in REJECT_COLUMNS}
        self._columns = {
            id(variant): [
                (column, self._places[column.name]) for column in variant.columns if column.name in self._places
            ]
            for variant in layout.variants
        }
        self._refuse = {name: reasons for name, reasons in layout.refuse.items() if name in self._places}

    def record(self, row: SourceRow) -> record_pb2.Record | list[Fault]:
        """Return the record that *row* states, or its faults, of which there is at least one."""
        if row.fault is not None:
            return [row.fault]
        damaged = _damaged(row, self._places)
        if damaged is not None:
            return [damaged]
        refusal = self._refusal(row)
        if refusal is not None:
            return [refusal]
        variant = self._variant(row)
        if variant is None:
            columns = " + ".join(dict.fromkeys(name for each in self._layout.variants for name in each.when))
            return [Fault(columns, "the mapping has no kind of record for this", "映射中没有与此对应的记录类型")]
        return self._mapped(row, variant)

    def _refusal(self, row: SourceRow) -> Fault | None:
        for column, reasons in self._refuse.items():
            found = reasons.get(row.cells[self._places[column]].strip())
            if found is not None:
                return Fault(column, found.en, found.zh)
        return None

    def _variant(self, row: SourceRow) -> Variant | None:
        for variant in self._layout.variants:
            if all(self._cell(row, name) in wanted for name, wanted in variant.when.items()):
                return variant
        return None

    def _cell(self, row: SourceRow, name: str) -> str:
        place = self._places.get(name)
        return "" if place is None else row.cells[place].strip()

    def _mapped(self, row: SourceRow, variant: Variant) -> record_pb2.Record | list[Fault]:
        record = record_pb2.Record(row=row.line)
        getattr(record, variant.kind).SetInParent()
        faults: list[Fault] = []
        keyed: dict[str, str] = {}
        for path, value in variant.constants:
            put(record, path, value)
        for column, place in self._columns[id(variant)]:
            try:
                keyed[column.name] = _fill(record, column, row.cells[place].strip())
            except ValueFault as fault:
                faults.append(Fault(column.name, fault.en, fault.zh))
        faults.extend(missing_code(record, variant.kind) if not faults else ())
        faults.extend(unsound_persons(record) if not faults else ())
        if not faults:
            record.source_key = self._source_key(keyed)
            if not record.source_key:
                key = " + ".join(self._layout.key)
                faults.append(Fault(key, "the columns of the key are empty", "主键列为空"))
        return faults or record

    @staticmethod
    def key(record: record_pb2.Record) -> str:
        """Return what tells the record from others of its file."""
        return record.source_key

    def _source_key(self, keyed: dict[str, str]) -> str:
        """Join the key's cells as they were understood; as a digest where that is too long or not reversible."""
        cells = [keyed.get(name, "") for name in self._layout.key]
        joined = "/".join(cells)
        if not any(cells):
            return ""
        if len(joined.encode()) > _KEY_BYTES or any("/" in cell for cell in cells):
            return f"sha256:{hashlib.sha256(encode(cells)).hexdigest()}"
        return joined


def damage(text: str) -> tuple[str, str] | None:
    """Return why *text* cannot be read, in both languages; None when it can."""
    if text.isprintable() and _LOST not in text:
        return None
    return next(((en, zh) for pattern, en, zh in _UNREADABLE if pattern.search(text)), None)


def _damaged(row: SourceRow, places: dict[str, int]) -> Fault | None:
    found = damage("".join(row.cells))
    if found is None:
        return None
    return Fault(next((name for name, place in places.items() if damage(row.cells[place]) == found), ""), *found)


def _fill(record: record_pb2.Record, column: Column, cell: str) -> str:
    """Read one cell into the fields of its column, and return it as it was understood: as text, for the key."""
    if not cell:
        if column.required:
            raise ValueFault("is empty", "为空")
        return ""
    if column.must_be_empty is not None:
        raise ValueFault(column.must_be_empty.en, column.must_be_empty.zh)
    if column.values and cell not in column.values:
        known = ", ".join(column.values)
        raise ValueFault(f"the mapping has no such value; it knows {known}", f"映射中没有此值，已知：{known}")
    text = column.values.get(cell, cell)
    understood: object = text
    for aim in column.targets:
        understood = aim.read(text)
        put(record, aim.path, understood)
    if column.read is not None:
        column.read(text)
    return understood if isinstance(understood, str) else text


def missing_code(record: record_pb2.Record, kind: str) -> list[Fault]:
    """Return the fault that a record without a code has, unless its kind can do without one."""
    if record.uscc or kind == NOTICE:
        return []
    if issubclass(kinds.KINDS.get(kind, Fact), PersonFact) and any(True for _ in persons_of(record)):
        return []
    return [
        Fault("uscc", "there is no code: only a published notice can do without", "无统一社会信用代码：仅公示信息可缺")
    ]


def unsound_persons(record: record_pb2.Record) -> list[Fault]:
    """A person is named by name, kind of document and number together, or not at all (I-21, I-23)."""
    faults: list[Fault] = []
    for person in persons_of(record):
        if not (person.name and person.document_type and person.document_number):
            en = "a person needs name, kind of document and number, or none of them"
            faults.append(Fault("person", en, "人员的姓名、证件类型、证件号码须同时填写"))
        elif person.document_type == "RESIDENT_ID":
            try:
                person.document_number = parse_resident_id(person.document_number)
            except IdentifierError as error:
                faults.append(Fault("person", error.en, error.zh))
    return faults
