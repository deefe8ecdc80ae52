"""``calendar/<year>.toml``: the working days that the State Council announced, one file a year (K-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.calendar import WorkingCalendar, load_year
from gateway.settings import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def load_calendar(folder: Path) -> WorkingCalendar:
    """Read every year of the folder; a year without a file is counted provisionally (K-06).

    Raises:
        ConfigurationError: With file and reason; a folder without any year is an error too.
    """
    tables = []
    for file in sorted(folder.glob("*.toml")):
        try:
            table = load_year(file.read_bytes())
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{folder.name}/{file.name}", "-", str(error)) from error
        if str(table.year) != file.stem:
            raise ConfigurationError(
                f"{folder.name}/{file.name}", "year", f"{table.year} is not what the file is named"
            )
        tables.append(table)
    if not tables:
        raise ConfigurationError(folder.name, "-", "there is no calendar of any year")
    return WorkingCalendar(tables)
