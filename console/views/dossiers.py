"""The dossier of a case: fetched, verified and opened with the party's own keys; each file is handed over, never shown.

What is opened lies in a folder for the owner alone that ends with the console.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse

from adapters.dossier.errors import DossierError
from console.dossier import Dossier, fetched, holding, reopened
from console.own import own_of, party_of
from console.views.referrals import JUSTICE, CaseAt
from console.visit import View
from formats.resident_ids import mask_resident_ids

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from console.visit import Visit

REFUSED, FAILED = 422, 500
MOST_DIGITS: Final = 6
BYTES: Final = "application/octet-stream"
"""Of every file, whatever it is: a browser keeps it, and opens nothing of it."""


def fetch(visit: Visit) -> Response:
    """Fetch the dossier of a case, and say of each file whether it holds."""
    kept = visit.session.found(visit.path["id"], CaseAt)
    if kept is None:
        return visit.gone()
    own, case = own_of(visit), (visit.path["id"], kept.referral_id)
    try:
        found = fetched(party_of(visit), own.keyring(), case, _folder(visit, kept.referral_id))
    except (DossierError, OSError) as error:
        return _refused(visit, error)
    return visit.to(f"/dossiers/{visit.session.keep(found)}")


def dossier(visit: Visit) -> Response:
    """Show the files of a dossier that was fetched."""
    found = visit.session.found(visit.path["id"], Dossier)
    if found is None:
        return visit.gone()
    return visit.page("dossier.html", at=visit.path["id"], found=found, holds=len(list(holding(found.rows))))


def file(visit: Visit) -> Response:
    """Hand over one file, verified anew, to be kept."""
    found = visit.session.found(visit.path["id"], Dossier)
    number, item_id = visit.form.get("part", ""), visit.form.get("item", "")
    if found is None or not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return visit.gone()
    part = found.part_with(int(number), item_id)
    if part is None:
        return visit.gone()
    try:
        folder = _folder(visit, found.referral_id)
        opened = reopened(party_of(visit), own_of(visit).keyring(), (part, item_id), folder)
    except (DossierError, OSError) as error:
        return _refused(visit, error)
    return FileResponse(
        opened.path, media_type=BYTES, headers={"content-disposition": f'attachment; filename="{opened.path.name}"'}
    )


def _folder(visit: Visit, referral_id: str) -> Path:
    return own_of(visit).opened / f"case-{referral_id}"


def _refused(visit: Visit, error: DossierError | OSError) -> Response:
    """Say why a dossier is not taken; nothing of what fails is left opened."""
    words = visit.words
    fault = f"dossier_fault.{error.fault.value.lower()}" if isinstance(error, DossierError) else "dossier.not_written"
    text = words("dossier.refused", why=words(fault), detail=mask_resident_ids(str(error)))
    status = REFUSED if isinstance(error, DossierError) else FAILED
    return visit.page("notice.html", status, title=words("dossier.refused_title"), text=text)


VIEW: Final = View(
    JUSTICE,
    (),
    (
        ("POST", "/referrals/{id}/dossier", fetch),
        ("GET", "/dossiers/{id}", dossier),
        ("POST", "/dossiers/{id}/file", file),
    ),
)
