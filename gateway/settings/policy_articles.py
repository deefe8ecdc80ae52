"""The header of a profile and the articles that a policy holds, read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.policy import BasisLevel, LegalBasis, ProfileHeader
from gateway.domain.vocabulary import Trigger
from gateway.settings.policy_values import civil_date_of, known, text

if TYPE_CHECKING:
    from datetime import date

    from gateway.settings.policy_faults import Faults
    from gateway.settings.policy_source import PolicyFiles
    from gateway.settings.strict import Table

HEADER_TEXTS: Final = ("document", "document_number", "reviewer", "fair_competition_review_number")


def read_header(own: Table, on: date, faults: Faults) -> ProfileHeader | None:
    """Return the header; None for a profile that rests on no local normative document.

    One that does loads only with all its numbers, and not expired (G-33): each that is missing is noted.

    Raises:
        ConfigurationError: There is no header where one must be, or one where none may be.
    """
    if not own.take("local_normative", bool):
        if own.has("header"):
            raise own.error("header", "belongs to a profile with local_normative = true")
        return None
    table = own.table("header")
    texts: dict[str, str] = {}
    for key in HEADER_TEXTS:
        with faults.noting():
            texts[key] = text(table, key)
    days: list[date] = []
    with faults.noting():
        days.append(civil_date_of(table, "expires_on"))
        if on >= days[0]:
            raise table.error("expires_on", f"the profile expired on {days[0].isoformat()}")
    table.close()
    if not days or texts.keys() != set(HEADER_TEXTS):
        return None
    return ProfileHeader(expires_on=days[0], **texts)


def read_bases(
    files: PolicyFiles, own: Table, header: ProfileHeader | None, faults: Faults
) -> tuple[dict[str, LegalBasis], dict[Trigger, tuple[str, ...]]]:
    """Return every article by key, the profile's own ending with it, and those that triggers rest on themselves.

    Raises:
        ConfigurationError: A document is malformed, an article stands twice or is not held.
    """
    common, national = files.read("legal_basis.toml"), files.read("national_list.toml")
    found = [(table, False) for table in common.tables("document")]
    if national.take("loaded", bool):
        found += [(table, True) for table in national.tables("document")]
    if header is not None:
        found += [(table, False) for table in own.tables("document")]
    bases: dict[str, LegalBasis] = {}
    for table, on_list in found:
        for basis in _articles(table, header, on_national_list=on_list):
            if basis.key in bases:
                raise table.error("articles", f"{basis.key} stands twice")
            bases[basis.key] = basis
            faults.read_at(table, basis.key)
        table.close()
    triggers = common.table("triggers")
    by_trigger = {trigger: triggers.strings(trigger.name) for trigger in Trigger}
    for trigger, keys in by_trigger.items():
        for key in keys:
            known(triggers, trigger.name, key, bases)
    for table in (triggers, common, national):
        table.close()
    return bases, by_trigger


def _articles(table: Table, header: ProfileHeader | None, *, on_national_list: bool) -> list[LegalBasis]:
    document = text(table, "key")
    valid_to = civil_date_of(table, "valid_to") if table.has("valid_to") else None
    if header is not None and header.document == document:
        valid_to = header.expires_on
    level = known(table, "level", table.take("level", str), {item.value: item for item in BasisLevel})
    title_zh, title_en, valid_from = (
        text(table, "title_zh"),
        text(table, "title_en"),
        civil_date_of(table, "valid_from"),
    )
    return [
        LegalBasis(
            document=document,
            article=article,
            level=level,
            title_zh=title_zh,
            title_en=title_en,
            valid_from=valid_from,
            valid_to=valid_to,
            on_national_list=on_national_list,
        )
        for article in table.strings("articles")
    ]
