"""JSON Lines of records: one ``Record`` a line, in the JSON form of protobuf, without a mapping.

For sources that speak the gateway's own words. How a line is read is in ``import_json``; what is wrong with one is a
fault of its line. The line's number takes the place of ``row``.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Final

from formats.csv_rows import Fault, SourceRow
from gateway.cli.import_json import NoRecordError, read_json, read_record
from gateway.cli.import_layout import Layout
from gateway.cli.import_rows import damage, missing_code, unsound_persons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from jointsanctions.v1 import record_pb2

    from formats.file_encoding import Survey

SUFFIX: Final = ".jsonl"
COLUMN: Final = "record"
"""What a rejects file calls the line."""

LAYOUT: Final = Layout(
    name="records",
    title="JSON Lines of records",
    feed="",
    key=(),
    variants=(),
    refuse={},
    ignore=frozenset({COLUMN}),
    optional=frozenset(),
    digest="json-lines-1",
)
"""Stands for a mapping; the feed is the file's name without its ending, unless another is said."""

_LONGEST: Final = 64 << 10
"""Characters of a line: far more than any record that the gateway takes."""


def read_lines(survey: Survey, progress: Callable[[int, int], None]) -> Iterator[SourceRow]:
    """Yield every line of a file in order, blank ones too, each as one cell.

    *progress* is called with the numbers of bytes and lines read so far, now and then.
    """
    with survey.path.open("rb") as raw, io.TextIOWrapper(raw, survey.codec, "strict", newline="\n") as source:
        number = 0
        while text := source.readline(_LONGEST):
            number += 1
            if number % 1000 == 0:
                progress(raw.tell(), number)
            fault = None
            if len(text) == _LONGEST and not text.endswith("\n"):
                _skip_line(source)
                fault = Fault("", f"the line is over {_LONGEST} characters", f"该行超过{_LONGEST}个字符")
                text = text[:400]
            yield SourceRow(number, (text.strip(),), fault)
        progress(survey.size, number)


def _skip_line(source: TextIO) -> None:
    while (rest := source.readline(_LONGEST)) and not rest.endswith("\n"):
        pass


class RecordLines:
    """Makes records of lines."""

    def record(self, row: SourceRow) -> record_pb2.Record | list[Fault]:
        """Return the record that the line states, or what is wrong with it."""
        if row.fault is not None:
            return [row.fault]
        (text,) = row.cells
        found = damage(text)
        if found is not None:
            return [Fault("", *found)]
        try:
            record = read_record(text)
        except NoRecordError as wrong:
            return [Fault(wrong.field, wrong.en, wrong.zh)]
        if "\\u" in text and (found := damage(json.dumps(read_json(text), ensure_ascii=False))):
            return [Fault("", *found)]
        record.row = row.line
        return _faults(record) or record

    @staticmethod
    def key(record: record_pb2.Record) -> str:
        """Return what tells the record from others of its file."""
        return f"{record.WhichOneof('fact')}\0{record.source_key}"


def _faults(record: record_pb2.Record) -> list[Fault]:
    if not record.source_key:
        return [Fault("source_key", "is empty", "为空")]
    kind = record.WhichOneof("fact")
    if kind is None:
        return [Fault("fact", "there is no fact", "缺少事实内容")]
    return [*missing_code(record, kind), *unsound_persons(record)]
