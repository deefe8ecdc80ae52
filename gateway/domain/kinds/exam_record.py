"""Exam record (专业技术人员资格考试诚信档案): a natural person's, made by the province's exam authority.

Read only here: this gateway takes it as the province sends it, and is not its owner (E-08).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from formats.civil import add_months
from gateway.domain.kinds.fact import Fault, Faults, Limit, PersonFact, PersonKey


class RecordDuration(StrEnum):
    """How long a record is kept. Long-term keeping is no endless publicity (E-11)."""

    FIVE_YEARS = "FIVE_YEARS"
    LONG_TERM = "LONG_TERM"


class ExamArticle(StrEnum):
    """Article of O31 under which the record was made."""

    ARTICLE_7 = "ARTICLE_7"
    ARTICLE_8 = "ARTICLE_8"
    ARTICLE_9 = "ARTICLE_9"
    ARTICLE_10 = "ARTICLE_10"
    ARTICLE_11 = "ARTICLE_11"


DURATIONS: Final = {
    ExamArticle.ARTICLE_7: RecordDuration.FIVE_YEARS,
    ExamArticle.ARTICLE_8: RecordDuration.LONG_TERM,
    ExamArticle.ARTICLE_10: RecordDuration.FIVE_YEARS,
}
"""The duration that an article alone gives (E-01, E-02, E-04); 9 and 11 lead to either (E-03, E-05)."""
FIVE_YEARS: Final = 60
"""In months."""


def kept_until(decided_on: date, duration: RecordDuration) -> date | None:
    """Return the first day on which a record is no longer kept; None for one that is kept for long (E-11)."""
    return add_months(decided_on, FIVE_YEARS) if duration is RecordDuration.FIVE_YEARS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRecord(PersonFact):
    """A record of cheating in a professional exam (E-01 to E-06, E-11)."""

    wire_name: ClassVar[str] = "exam_record"
    begins: ClassVar[str] = "decided_on"

    person: PersonKey
    exam: Annotated[str, Limit(300)]
    article: ExamArticle
    duration: RecordDuration
    decided_on: date

    @property
    def record_until(self) -> date | None:
        """The first day on which it is no longer kept; None for long-term records."""
        return kept_until(self.decided_on, self.duration)

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        given = DURATIONS.get(self.article, self.duration)
        if self.duration is not given:
            yield Fault("duration", f"{self.article} gives {given}")
