"""Published notice (公示信息): retyped from elsewhere, nobody's own record.

The one kind that may come without a code: it is held then, by name, and weighs on nobody until an officer attaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Decided, Fact, Wire
from gateway.domain.vocabulary import Provenance


class NoticeList(StrEnum):
    """Which published list a notice belongs to. Other lists are not held here and are refused by name."""

    WAGE_ARREARS_LISTING = "WAGE_ARREARS_LISTING"
    MAJOR_VIOLATION_PUBLICATION = "MAJOR_VIOLATION_PUBLICATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNotice(Fact):
    """A notice retyped from elsewhere: at most REVIEW, until the authority's own decision arrives (I-23)."""

    wire_name: ClassVar[str] = "published_notice"
    begins: ClassVar[str] = "published_on"
    decided: ClassVar[Decided] = Decided.BY_AUTHORITY
    arrives_as: ClassVar[Provenance] = Provenance.PUBLISHED_NOTICE
    name_required: ClassVar[bool] = True

    provenance: Provenance = Provenance.PUBLISHED_NOTICE
    notice_list: Annotated[NoticeList, Wire("list")]
    published_on: date
