"""A source's layout, as its mapping file describes it: columns, kinds of record, key. Values only.

``import_mapping`` reads it, ``import_rows`` applies it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.cli.import_table import Reason
    from gateway.cli.import_targets import Target


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the fields that it fills (none: its cells are only checked), and how a cell is read.

    ``values`` maps a cell's text to the wire's; empty: cells are taken as they are. A ``must_be_empty`` column refuses
    every text, with that reason.
    """

    name: str
    targets: tuple[Target, ...]
    read: Callable[[str], object] | None
    values: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    must_be_empty: Reason | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of record that rows can become: when, from which columns, with which constants."""

    kind: str
    when: Mapping[str, frozenset[str]]
    columns: tuple[Column, ...]
    constants: tuple[tuple[tuple[str, ...], object], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A mapping as loaded; ``digest`` is the SHA-256 of its file, hexadecimal.

    ``refuse`` maps column, then text, to the reason why such a row is not held here. ``ignore`` are columns that are
    known and not imported, ``optional`` those that a file may lack.
    """

    name: str
    title: str
    feed: str
    key: tuple[str, ...]
    variants: tuple[Variant, ...]
    refuse: Mapping[str, Mapping[str, Reason]]
    ignore: frozenset[str]
    optional: frozenset[str]
    digest: str

    @property
    def column_names(self) -> frozenset[str]:
        """Every column that a file of this layout has, the ignored ones left out."""
        return frozenset(column.name for variant in self.variants for column in variant.columns)
