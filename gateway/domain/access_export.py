"""The words of an export of recorded calls. How it is written is in ``services``, how it is verified in ``cli``."""

from __future__ import annotations

from typing import Final

from gateway.domain.vocabulary import Word


class ExportFormat(Word):
    """How the rows of an export are written."""

    JSONL = 1
    """JSON Lines: OCSF 1.8 API Activity, each row canonical JSON."""
    CSV = 2
    """RFC 4180 in UTF-8 with a byte order mark and a header; no cell runs as a formula."""


EXPORT: Final = "AuditService/ExportAccess"
"""The method, as it is recorded."""
