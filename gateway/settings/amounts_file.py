"""``amounts.toml``: what is a large amount in the crime of refusing to pay for work, by county and day (T-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.referral_amounts import AmountRow, Amounts, AmountTable
from gateway.settings import ConfigurationError
from gateway.settings.policy_values import civil_date_of, counties_of
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from pathlib import Path

FEN: Final = 100


def load_amounts(path: Path) -> AmountTable:
    """Read ``amounts.toml``; without one there is no amount for any county, and no case can be reported.

    Raises:
        ConfigurationError: With file, key and reason: a county or day has not its form, an amount lies outside the
            national band, or two rows of a county begin on one day.
    """
    if not path.exists():
        return AmountTable([])
    content, _ = read_toml(path)
    root = Table(path.name, "", content)
    rows = [_row(table) for table in root.tables("amount")]
    root.close()
    try:
        return AmountTable(rows)
    except ValueError as error:
        raise ConfigurationError(path.name, "amount", str(error)) from error


def _row(table: Table) -> AmountRow:
    row = AmountRow(
        counties=counties_of(table, "counties"),
        since=civil_date_of(table, "since"),
        decide=_amounts(table),
        source=table.take("source", str),
        contested=_contested(table.table("contested")) if table.has("contested") else None,
    )
    table.close()
    return row


def _contested(table: Table) -> Amounts:
    amounts = _amounts(table)
    table.close()
    return amounts


def _amounts(table: Table) -> Amounts:
    return Amounts(table.take("one_worker", int) * FEN, table.take("ten_workers", int) * FEN)
