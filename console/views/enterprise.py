"""An enterprise's file, for HRSS: its grades and why, the window drawn, and every version on record with both times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2

from adapters.errors import GatewayError
from console.enterprise_file import HELD, KINDS, LISTED, FileRead, Meant, content, faults, read
from console.listing_words import RecordWords
from console.problems import problem_of
from console.visit import Entry, View
from console.window import window_of
from console.wire_words import names
from formats.civil import civil_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jointsanctions.v1 import enterprise_file_pb2 as pb
    from starlette.responses import Response

    from console.asking import Fault
    from console.problems import Problem
    from console.visit import Visit

PRODUCING: Final = frozenset({"producer"})
"""Roles of certificates by which HRSS reads; what of it a producer is granted, the gateway says."""
LETTERS: Final = names(common_pb2.GradeLetter)
TONES: Final[Mapping[int, str]] = {
    common_pb2.GRADE_LETTER_A: "good",
    common_pb2.GRADE_LETTER_A_WATCH: "warn",
    common_pb2.GRADE_LETTER_UNDETERMINED: "warn",
    common_pb2.GRADE_LETTER_B: "warn",
    common_pb2.GRADE_LETTER_C: "bad",
}
"""How a letter looks; one that is not here is shown as a doubt."""
CURRENT: Final = "current"
MALFORMED: Final = 422


def begin(visit: Visit) -> Response:
    """Show the form that asks whose file is to be read, empty."""
    return _form(visit, {})


def meant(visit: Visit) -> Response:
    """Keep whose file another page leads to; nobody is asked before the case is said."""
    return visit.to(f"/file/{visit.session.keep(Meant(visit.form.get('uscc', '')))}")


def begun(visit: Visit) -> Response:
    """Show the form with the code that another page gave."""
    kept = visit.session.found(visit.path["id"], Meant)
    return visit.gone() if kept is None else _form(visit, {"uscc": kept.uscc})


def ask(visit: Visit) -> Response:
    """Read a file and its grades; what is wrong stands beside its field."""
    wrong = faults(visit.form, civil_date(visit.desk.clock()))
    if wrong:
        return _form(visit, visit.form, wrong)
    try:
        found = read(visit.desk.client, visit.form, visit.session.officer)
    except GatewayError as error:
        return _form(visit, visit.form, problem=problem_of(error, visit.words))
    return visit.to(f"/files/{visit.session.keep(found)}")


def shown(visit: Visit) -> Response:
    """Show a file that was read."""
    kept = visit.session.found(visit.path["id"], FileRead)
    if kept is None:
        return visit.gone()
    current = visit.query.get("show") == CURRENT
    schemes = [(each, window_of(kept, each)) for each in kept.grades.schemes]
    return visit.page(
        "file.html",
        at=visit.path["id"],
        read=kept,
        schemes=schemes,
        current=current,
        history=_history(kept, current=current),
        letters=LETTERS,
        tones=TONES,
        kinds=KINDS,
        held=HELD,
        states=LISTED,
        content=content,
        say=RecordWords(visit.words),
    )


def _history(kept: FileRead, *, current: bool) -> list[tuple[pb.FileRevision, list[pb.FileVersion]]]:
    """Return the versions by the data revision that brought them, the newest first."""
    found: dict[int, list[pb.FileVersion]] = {}
    for version in kept.versions:
        if not current or not version.recorded_until:
            found.setdefault(version.recorded_from, []).append(version)
    return [(kept.revisions[number], found[number]) for number in sorted(found, reverse=True)]


def _form(
    visit: Visit, filled: Mapping[str, str], wrong: list[Fault] | None = None, problem: Problem | None = None
) -> Response:
    words = visit.words
    marked = {fault.field: words(f"fault.{fault.text}") for fault in wrong or []}
    if problem is not None and problem.fact in {"uscc", "case_ref", "purpose", "as_of", "known_at"}:
        marked[problem.fact] = words("fault.refused")
    return visit.page(
        "file_form.html",
        MALFORMED if marked or problem else 200,
        filled=filled,
        wrong=marked,
        problem=problem,
        today=civil_date(visit.desk.clock()).isoformat(),
    )


VIEW: Final = View(
    PRODUCING,
    (Entry("/file", "file"),),
    (
        ("GET", "/file", begin),
        ("POST", "/file", ask),
        ("POST", "/file/whose", meant),
        ("GET", "/file/{id}", begun),
        ("GET", "/files/{id}", shown),
    ),
)
