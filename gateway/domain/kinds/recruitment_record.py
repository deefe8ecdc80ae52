"""Recruitment record (事业单位公开招聘应聘人员诚信档案): a natural person's, of a public institution's recruitment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.exam_record import RecordDuration, kept_until
from gateway.domain.kinds.fact import Limit, PersonFact, PersonKey


class RecruitmentArticle(StrEnum):
    """Article of O35 whose violation was recorded (E-09)."""

    ARTICLE_7 = "ARTICLE_7"
    ARTICLE_8 = "ARTICLE_8"
    ARTICLE_11 = "ARTICLE_11"
    ARTICLE_12 = "ARTICLE_12"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecruitmentRecord(PersonFact):
    """A record of a violation in a public institution's recruitment (E-09).

    Which article gives which duration is not certain from the text that was read: the authority states it.
    """

    wire_name: ClassVar[str] = "recruitment_record"
    begins: ClassVar[str] = "decided_on"

    person: PersonKey
    recruiting_unit: Annotated[str, Limit(300)]
    article: RecruitmentArticle
    duration: RecordDuration
    decided_on: date

    @property
    def record_until(self) -> date | None:
        """The first day on which it is no longer kept; None for long-term records."""
        return kept_until(self.decided_on, self.duration)
