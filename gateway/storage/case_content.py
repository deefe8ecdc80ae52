"""What an act on a case says, as canonical JSON and back; what cannot be understood is never skipped."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant, parse_date, parse_instant
from gateway.domain.case_facts import FACT_TYPES, CaseFacts
from gateway.domain.cases import Applicant, CaseCloseReason, CaseClosing, CaseParty, CaseTerms
from gateway.domain.vocabulary import DecisionPoint, Word
from gateway.storage.content import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.domain.case_facts import FactValue

TERMS: Final = "TERMS"
CLOSING: Final = "CLOSING"


def kind_of(content: CaseTerms | CaseClosing) -> str:
    """Return the word under which an act is kept."""
    return TERMS if isinstance(content, CaseTerms) else CLOSING


def write_content(content: CaseTerms | CaseClosing) -> str:
    """Return everything that an act says."""
    return canonical.encode(_terms(content) if isinstance(content, CaseTerms) else _closing(content)).decode()


def read_content(kind: str, text: str) -> CaseTerms | CaseClosing:
    """Return what ``write_content`` wrote.

    Raises:
        ContentError: It is no act on a case.
    """
    try:
        said: Any = canonical.decode(text.encode())
        return _READERS[kind](said)
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError("an act on a case cannot be read") from error


def _terms(terms: CaseTerms) -> dict[str, object]:
    facts = {name: _plain(value) for name in FACT_TYPES if (value := getattr(terms.facts, name)) is not None}
    return {
        "point": terms.point.name,
        "facts": facts,
        "applicants": [[[party.uscc, party.name] for party in each.parties] for each in terms.applicants],
        "consortia_fixed": terms.consortia_fixed,
        "officer": terms.officer,
        "reason": terms.reason,
    }


def _closing(closing: CaseClosing) -> dict[str, object]:
    return {"reason": closing.reason.name, "officer": closing.officer, "note": closing.note}


def _plain(value: FactValue) -> object:
    """Return a fact as canonical JSON can hold it: an amount as text, because there integers end at 2^53."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Word):
        return value.name
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _read_terms(said: Any) -> CaseTerms:  # noqa: ANN401 - as decoded
    return CaseTerms(
        point=DecisionPoint.named(said["point"]),
        facts=CaseFacts(**{name: _fact(FACT_TYPES[name], value) for name, value in said["facts"].items()}),
        applicants=tuple(_applicant(each) for each in said["applicants"]),
        consortia_fixed=bool(said["consortia_fixed"]),
        officer=str(said["officer"]),
        reason=str(said["reason"]),
    )


def _read_closing(said: Any) -> CaseClosing:  # noqa: ANN401 - as decoded
    return CaseClosing(CaseCloseReason.named(said["reason"]), str(said["officer"]), str(said["note"]))


def _applicant(said: list[list[str]]) -> Applicant:
    first, *members = (CaseParty(uscc, name) for uscc, name in said)
    return Applicant(first, tuple(members))


def _fact(kind: type[Any], value: Any) -> Any:  # noqa: ANN401 - of the type that the fact has
    if kind is datetime:
        return parse_instant(value)
    if kind is date:
        return parse_date(value)
    return kind.named(value) if issubclass(kind, Word) else kind(value)


_READERS: Final[Mapping[str, Callable[[Any], CaseTerms | CaseClosing]]] = {TERMS: _read_terms, CLOSING: _read_closing}
