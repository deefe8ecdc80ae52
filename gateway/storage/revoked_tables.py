"""The table of certificates that are revoked at the gateway. Rows are only ever added; facts are in ``tables``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, SmallInteger, Table, Text

from gateway.storage.columns import CODE, Instant
from gateway.storage.tables import metadata

revoked_certificate: Final = Table(
    "revoked_certificate",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("serial", CODE, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("sha256", CODE, nullable=False),
    Column("agency", CODE, nullable=False),
    Column("role", CODE, nullable=False),
    Column("holder", Text, nullable=False),
    Column("reason", SmallInteger, nullable=False),
    Column("document_number", Text, nullable=False),
    Column("revoked_at", Instant, nullable=False),
    Column("revoked_by", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("request_id", CODE, nullable=False, index=True),
)
"""``number``: without gaps. Empty are ``serial`` and ``issuer`` where only the hash is known, ``sha256`` where it is
not, ``agency``, ``role`` and ``holder`` where it is not known whose it is. A second way to name a certificate that is
revoked already is a row of its own."""
