"""One version of a record as it is on record: what it says, whose it is, and what was said beside it.

Values only. When it was on record is the store's; what it shows to whom, the wire's. Nothing of a natural person but
that one is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.kinds.enterprise import EnterpriseProfile
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listing_acts import Act
    from gateway.domain.records import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVersion:
    """What one version of a record says."""

    kind: str
    """Name of the kind, as on the wire."""
    record_id: str
    uscc: str
    """Of the enterprise; empty while the record is held without one."""
    content: EnterpriseProfile | Fact | Act | Attachment
    listing_id: str = ""
    """For acts of a listing; else empty."""
    said: Mapping[str, str] = field(default_factory=dict)
    """What was said with an act of a listing, by field; the documents of its chain as ``chain.order_number``."""
    persons: int = 0
    """How many natural persons it names; of a decision to list, how many came onto the listing with it."""
    name: str = ""
    """Of a notice held without a sound code: the enterprise's name as it was published."""
    code_printed: str = ""
    """Of a notice held without a sound code: the code as it was printed; empty where none was."""
