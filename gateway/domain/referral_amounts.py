"""What is a large amount (数额较大), by county and day: the table of T-03, which a deployment configures.

Two tests, apart: one worker's pay of three months or more that reaches the first amount; ten workers or more whose pay
together reaches the second. Where it is open which amount holds in a county, the table says at which one is decided,
and which other the officer is told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

MONTHS: Final = 3
WORKERS: Final = 10
BAND_ONE_FEN: Final = range(500_000, 2_000_001)
"""5,000 to 20,000 yuan: what SPC13 art. 3 leaves to the province for one worker."""
BAND_TEN_FEN: Final = range(3_000_000, 10_000_001)
"""30,000 to 100,000 yuan, for ten workers or more."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Both amounts, in fen."""

    one_worker_fen: int
    ten_workers_fen: int


@dataclass(frozen=True, slots=True)
class AmountRow:
    """What holds in some counties from a day on (civil day, UTC+8), until a later row.

    ``contested`` is set where it is open which amounts hold: the others that may.
    """

    counties: frozenset[str]
    """Division codes of six digits (GB/T 2260)."""
    since: date
    decide: Amounts
    source: str
    contested: Amounts | None = None


@dataclass(frozen=True, slots=True)
class WorkerClaim:
    """What one worker, named by a reference of the case, is owed: fen, and how many whole months' pay are unpaid."""

    worker: str
    owed_fen: int
    unpaid_months: int


@dataclass(frozen=True, slots=True)
class AmountFinding:
    """How the two tests come out under one pair of amounts."""

    amounts: Amounts
    one_worker: bool
    """Test (a)."""
    ten_workers: bool
    """Test (b)."""

    @property
    def large(self) -> bool:
        """One of the two holds."""
        return self.one_worker or self.ten_workers


class AmountTable:
    """The rows; for each county and day at most one counts."""

    def __init__(self, rows: Iterable[AmountRow]) -> None:
        """Take the rows.

        Raises:
            ValueError: Two rows of a county begin on one day, or an amount lies outside the national band; the message
                begins with the county.
        """
        self._rows: dict[str, list[AmountRow]] = {}
        for row in rows:
            for county in row.counties:
                self._add(county, row)

    @property
    def counties(self) -> frozenset[str]:
        """Counties for which there is an amount at all."""
        return frozenset(self._rows)

    def row(self, county: str, day: date) -> AmountRow | None:
        """Return what holds in *county* on *day*; None where the table says nothing of it."""
        return next((row for row in reversed(self._rows.get(county, [])) if row.since <= day), None)

    def _add(self, county: str, row: AmountRow) -> None:
        for amounts in filter(None, (row.decide, row.contested)):
            if amounts.one_worker_fen not in BAND_ONE_FEN or amounts.ten_workers_fen not in BAND_TEN_FEN:
                raise ValueError(f"{county}: an amount lies outside the band of SPC13 article 3")
        known = self._rows.setdefault(county, [])
        if any(each.since == row.since for each in known):
            raise ValueError(f"{county}: two rows begin on {row.since.isoformat()}")
        known.append(row)
        known.sort(key=lambda each: each.since)


def amount_finding(claims: Sequence[WorkerClaim], amounts: Amounts) -> AmountFinding:
    """Return how both tests come out. Claims of one worker count together; a worker owed nothing does not count."""
    owed: dict[str, tuple[int, int]] = {}
    for claim in claims:
        fen, months = owed.get(claim.worker, (0, 0))
        owed[claim.worker] = fen + claim.owed_fen, months + claim.unpaid_months
    unpaid = [(fen, months) for fen, months in owed.values() if fen > 0]
    return AmountFinding(
        amounts,
        one_worker=any(fen >= amounts.one_worker_fen and months >= MONTHS for fen, months in unpaid),
        ten_workers=len(unpaid) >= WORKERS and sum(fen for fen, _ in unpaid) >= amounts.ten_workers_fen,
    )
