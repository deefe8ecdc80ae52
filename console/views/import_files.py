"""A file that is staged in the console, and its refused rows: corrected one by one, and sent as its successor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.importing import Importer, Mending, Source
from console.mending import LINES, cells_of, left_over, mend, row_at, successor
from console.views.enterprise import PRODUCING
from console.visit import View

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Visit

MALFORMED: Final = 422
SHOWN: Final = 200
"""Refused rows shown, the first; all of them are in the file that can be kept."""
MOST_AGAIN: Final = 99


def begin(visit: Visit) -> Response:
    """Show the form that asks for a file, empty."""
    return _form(visit, {})


def take(visit: Visit) -> Response:
    """Stage a file, and go to what came of it."""
    upload, mapping, again = visit.files.get("file"), visit.form.get("mapping", ""), visit.form.get("again", "1")
    wrong = {}
    if upload is None or not upload.name or not upload.content:
        wrong["file"] = "required"
    elif not mapping and not upload.name.lower().endswith(LINES):
        wrong["mapping"] = "required"
    if not (again.isascii() and again.isdigit() and 1 <= int(again) <= MOST_AGAIN):
        wrong["again"] = "malformed"
    if wrong or upload is None:
        return _form(visit, {name: visit.words(f"fault.{text}") for name, text in wrong.items()})
    return _staged(visit, Source(upload.name, upload.content, mapping, int(again)))


def read(visit: Visit) -> Response:
    """Show what came of a file, and its refused rows."""
    mending = visit.session.found(visit.path["id"], Mending)
    if mending is None:
        return visit.gone()
    imported = mending.imported
    return visit.page(
        "import_read.html",
        at=visit.path["id"],
        imported=imported,
        mending=mending,
        refused=imported.refused[:SHOWN],
        more=len(imported.refused) - SHOWN,
        problem=visit.words.pair(imported.problem),
    )


def rejects(visit: Visit) -> Response:
    """Hand over the refused rows as the file that ``jsg import`` writes of them: to be corrected and sent again."""
    mending = visit.session.found(visit.path["id"], Mending)
    if mending is None:
        return visit.gone()
    return visit.file(mending.imported.rejects, "text/csv; charset=utf-8", "rejects.csv")


def row(visit: Visit) -> Response:
    """Show the form of one refused row, with what is wrong beside its columns."""
    mending = visit.session.found(visit.path["id"], Mending)
    refused = row_at(mending, visit.path["line"]) if mending is not None else None
    if mending is None or refused is None:
        return visit.gone()
    columns = mending.imported.columns
    return visit.page(
        "import_row.html",
        at=visit.path["id"],
        row=refused,
        cells=list(zip(columns, cells_of(mending, refused), strict=True)),
        left_over=left_over(mending, refused),
        lines=mending.imported.source.name.lower().endswith(LINES),
        elsewhere=[name for name in refused.columns if name not in columns],
    )


def correct(visit: Visit) -> Response:
    """Keep a corrected row, and go back to the others."""
    mending = visit.session.found(visit.path["id"], Mending)
    refused = row_at(mending, visit.path["line"]) if mending is not None else None
    if mending is None or refused is None:
        return visit.gone()
    mend(mending, refused, visit.form)
    return visit.to(f"/imports/read/{visit.path['id']}")


def send(visit: Visit) -> Response:
    """Stage the corrected rows as an import of their own, the successor of the one that they come from."""
    mending = visit.session.found(visit.path["id"], Mending)
    if mending is None or not mending.mended:
        return visit.gone()
    return _staged(visit, successor(mending))


def _staged(visit: Visit, source: Source) -> Response:
    imported = _importer(visit).stage(source, visit.session.officer)
    return visit.to(f"/imports/read/{visit.session.keep(Mending(imported))}")


def _importer(visit: Visit) -> Importer:
    """Return what reads files.

    Raises:
        LookupError: The console was started without it, which ``jsg console`` never does for such a role.
    """
    if visit.desk.importer is None:
        raise LookupError("the console was started without a reader of files")
    return visit.desk.importer


def _form(visit: Visit, wrong: dict[str, str]) -> Response:
    mappings = _importer(visit).mappings()
    return visit.page(
        "import_file.html",
        MALFORMED if wrong else 200,
        mappings=mappings,
        filled={"again": "1", **visit.form},
        wrong=wrong,
    )


VIEW: Final = View(
    PRODUCING,
    (),
    (
        ("GET", "/imports/file", begin),
        ("POST", "/imports/file", take),
        ("GET", "/imports/read/{id}", read),
        ("POST", "/imports/read/{id}", send),
        ("GET", "/imports/read/{id}/rejects", rejects),
        ("GET", "/imports/read/{id}/rows/{line}", row),
        ("POST", "/imports/read/{id}/rows/{line}", correct),
    ),
    frozenset({"/imports/file"}),
)
