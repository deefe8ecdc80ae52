"""The yearly review of every legal basis: when an officer last held it to the published text, and when next (X-05).

A review that is due decides nothing: effects follow from what is in force, and a basis that nobody has looked at for a
year is told to those who answer for it. What a basis carries is in ``policy``; nothing is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import add_months
from gateway.domain.vocabulary import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gateway.domain.policy import BasisLevel, Policy

REVIEW_MONTHS: Final = 12
"""Months from a review to the next: a basis is looked at every year (X-05)."""


@dataclass(frozen=True, slots=True)
class BasisReviews:
    """The civil day (UTC+8) on which each document of the policy was last reviewed, by its key, and by which post."""

    reviewer: str
    reviewed_on: Mapping[str, date]

    def next_review(self, document: str) -> date:
        """Return the day on which the next review of a document is due: a year later, on 28 February for a leap day.

        Raises:
            KeyError: The document is none of these.
        """
        return add_months(self.reviewed_on[document], REVIEW_MONTHS)

    def first(self, documents: Iterable[str]) -> date | None:
        """Return the first day on which a review of these documents is due; None when there are none."""
        return min((self.next_review(each) for each in documents), default=None)

    def due(self, documents: Iterable[str], today: date) -> tuple[str, ...]:
        """Return those of the documents whose review is due on *today* or was before, in the order given.

        One that lies ahead of today is none: it is due, and hinders no start, be it by a clock that was set back.
        """
        return tuple(each for each in documents if not self.reviewed_on[each] <= today < self.next_review(each))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedDocument:
    """One document in the report of the review: what it is, what rests on it, and when it is looked at again."""

    document: str
    level: BasisLevel
    title_zh: str
    title_en: str
    articles: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    rows: int
    """Rows of the policy with an effect that name one of its articles."""
    blocks: int
    """Those of them that restrict."""
    incentives: int
    reviewed_on: date
    next_review: date
    due: bool


def documents_of(policy: Policy) -> tuple[str, ...]:
    """Return the keys of the documents that the policy holds, in its order, each once."""
    return tuple(dict.fromkeys(basis.document for basis in policy.bases.values()))


def report(policy: Policy, reviews: BasisReviews, today: date) -> tuple[ReviewedDocument, ...]:
    """Return what there is to review, in the policy's order: a document on which nothing rests is there too (X-05).

    Raises:
        KeyError: A document of the policy has no review on file.
    """
    return tuple(_reviewed(policy, reviews, document, today) for document in documents_of(policy))


def _reviewed(policy: Policy, reviews: BasisReviews, document: str, today: date) -> ReviewedDocument:
    articles = [basis for basis in policy.bases.values() if basis.document == document]
    keys = {basis.key for basis in articles}
    rows = [row for row in policy.rows if row.effect > Effect.NONE and keys.intersection(row.basis)]
    first = articles[0]
    return ReviewedDocument(
        document=document,
        level=first.level,
        title_zh=first.title_zh,
        title_en=first.title_en,
        articles=tuple(basis.article for basis in articles),
        valid_from=first.valid_from,
        valid_to=first.valid_to,
        rows=len(rows),
        blocks=sum(row.effect is Effect.BLOCK for row in rows),
        incentives=sum(bool(keys.intersection(each.basis)) for each in policy.incentives),
        reviewed_on=reviews.reviewed_on[document],
        next_review=reviews.next_review(document),
        due=bool(reviews.due([document], today)),
    )
