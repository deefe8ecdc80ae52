"""One row of a batch file as the question that it stands for, or what is wrong with it: column by column.

Nothing is guessed: a formula, a number that lost its digits, a date where a number was typed, a word that the columns
do not know are faults. The engine's own checks say the rest, before anything is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.errors import QuestionRefusedError
from adapters.files.cells import letters, misread, unkept
from adapters.files.columns import FACTS
from adapters.questions import Applicant, Case, Party
from adapters.rules import check_applicant
from formats.csv_rows import misfit

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.files.columns import Columns
    from adapters.files.source import Source
    from adapters.rules import AreaRules
    from formats.csv_rows import SourceRow

_FIELDS: Final = {
    "question.case_ref": ("case_ref", "编号缺失、过长、含身份证号或不符合本单位编号格式"),
    "question.officer": ("officer", "经办人缺失、过长或含身份证号"),
    "question.purpose": ("purpose", "事由过长或含身份证号"),
    "part": ("part", "分项过长或含身份证号"),
    "enterprise.uscc": ("uscc", "不是统一社会信用代码"),
    "enterprise.name": ("name", "名称过长或含身份证号"),
    "question.decision_point": ("point", "不是本领域的环节"),
}


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with a line: the column at fault (empty: the line as a whole) and why, in both languages."""

    line: int
    column: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line that can be asked about.

    Attributes:
        row: The row.
        case: The case.
        point: The decision point.
        applicant: Who is asked about.
    """

    row: SourceRow
    case: Case
    point: common_pb2.DecisionPoint.ValueType
    applicant: Applicant


@dataclass(frozen=True, slots=True)
class Faulty:
    """One line that cannot be asked about, with every fault that was found in it."""

    row: SourceRow
    faults: tuple[LineFault, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every line that does not say it itself; empty: every line says it.

    Attributes:
        officer: Who asks.
        point: Name of the decision point, such as ``"AWARDS_PUBLICITY"``.
        facts_at: Returns the facts as they are at a decision point; None: they are the same everywhere.
    """

    officer: str = ""
    point: str = ""
    facts_at: Callable[[common_pb2.DecisionPoint.ValueType, credit_pb2.CaseFacts], credit_pb2.CaseFacts] | None = None


class LineReader:
    """Reads the lines of one file by its columns and the rules of its area."""

    def __init__(self, source: Source, columns: Columns, rules: AreaRules, defaults: Defaults) -> None:
        self._source, self._columns, self._rules, self._defaults = source, columns, rules, defaults

    def read(self, row: SourceRow) -> Line | Faulty:
        """Return what a row asks, or all that is wrong with it."""
        faults = list(self._form_faults(row))
        if faults:
            return Faulty(row, tuple(faults))
        try:
            return self._line(row)
        except _CellError as error:
            return Faulty(row, (self._fault(row, *error.args),))
        except QuestionRefusedError as error:
            return Faulty(row, (self._refused(row, error),))

    def _form_faults(self, row: SourceRow) -> list[LineFault]:
        """Return what is wrong with the row and its single cells, before their meaning is looked at."""
        form = misfit(row.cells, len(self._source.header)) if row.cell_faults or not row.fault else row.fault
        if form is not None:
            return [LineFault(row.line, "", form.en, form.zh)]
        found = []
        for place, cell in enumerate(row.cells):
            spoilt = unkept(cell)
            if spoilt is not None:
                found.append(self._at(row, place, *spoilt))
        for field, place in self._source.places.items():
            told = row.cell_faults.get(place) or misread(row, place)
            if told is not None:
                found.append(self._fault(row, field, *((told.en, told.zh) if not isinstance(told, tuple) else told)))
        return found

    def _line(self, row: SourceRow) -> Line:
        point = self._point(row)
        case = Case(
            case_ref=self._text(row, "case_ref"),
            officer=self._text(row, "officer") or self._defaults.officer,
            part=self._text(row, "part"),
            purpose=self._text(row, "purpose"),
        )
        self._rules.check_case(case)
        party = Party(self._text(row, "uscc"), self._text(row, "name"))
        facts = self._facts(row)
        if facts is not None and self._defaults.facts_at is not None:
            facts = self._defaults.facts_at(point, facts)
        applicant = Applicant(party, facts=facts)
        check_applicant(applicant, self._rules.at(point))
        return Line(row, case, point, applicant)

    def _point(self, row: SourceRow) -> common_pb2.DecisionPoint.ValueType:
        word = self._word(row, "point") or self._defaults.point
        known = common_pb2.DecisionPoint.DESCRIPTOR.values_by_name.get(f"DECISION_POINT_{word.upper()}")
        if not word or known is None:
            raise _CellError("point", "the decision point is missing or not known", "环节缺失或不可识别")
        return cast("common_pb2.DecisionPoint.ValueType", known.number)

    def _facts(self, row: SourceRow) -> credit_pb2.CaseFacts | None:
        """Return the facts that the line states; None where it states none. What a point needs the engine knows."""
        stated: dict[str, Any] = {}
        for field in self._source.places:
            if field.startswith(FACTS) and (word := self._word(row, field)):
                stated[field.removeprefix(FACTS)] = {"true": True, "false": False}.get(word, word)
        if not stated:
            return None
        for name, value in stated.items():
            try:
                json_format.ParseDict({self._columns.facts: {name: value}}, credit_pb2.CaseFacts())
            except json_format.ParseError:
                raise _CellError(f"{FACTS}{name}", "its word is not known", "用词不可识别") from None
        return json_format.ParseDict({self._columns.facts: stated}, credit_pb2.CaseFacts())

    def _word(self, row: SourceRow, field: str) -> str:
        """Return what a cell stands for: one of the words of the columns, or the contract's own."""
        text = self._text(row, field)
        words = self._columns.values.get(field)
        if not text or words is None:
            return text
        if text in words:
            return words[text]
        if text in words.values():
            return text
        known = ", ".join(words)
        raise _CellError(field, f"its word is not known; known are {known}", f"用词不可识别，可用：{known}")

    def _text(self, row: SourceRow, field: str) -> str:
        place = self._source.places.get(field)
        return row.cells[place].strip() if place is not None else ""

    def _refused(self, row: SourceRow, error: QuestionRefusedError) -> LineFault:
        field, zh = _FIELDS.get(error.field, ("", "该行不能查询"))
        if error.field.startswith("case_facts."):
            field, zh = f"{FACTS}{error.field.rpartition('.')[2]}", "该环节必填"
        return self._fault(row, field, str(error), zh)

    def _fault(self, row: SourceRow, field: str, en: str, zh: str) -> LineFault:
        place = self._source.places.get(field)
        if place is not None:
            return self._at(row, place, en, zh)
        return LineFault(row.line, self._columns.header(field) if field else "", en, zh)

    def _at(self, row: SourceRow, place: int, en: str, zh: str) -> LineFault:
        return LineFault(row.line, f"{letters(place)} {self._source.header[place][:40]}".strip(), en, zh)


class _CellError(Exception):
    """A cell cannot be read: its field, and why in both languages."""
