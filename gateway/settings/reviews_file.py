"""``policy/reviews.toml``: on which day each document of the policy was last held to the published text (X-05).

It is no part of the policy and of its digest: a review that finds nothing changes no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.basis_review import BasisReviews
from gateway.settings.policy_values import civil_date_of, text
from gateway.settings.strict import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def load_reviews(path: Path, documents: Iterable[str]) -> BasisReviews:
    """Read the file.

    Args:
        path: The file.
        documents: Keys of the documents that the policy holds, each of which must have its day. That of another, such
            as the document of a profile that is not loaded, is read and stays.

    Raises:
        ConfigurationError: With file, key and reason: it cannot be read, a document has no day, a day is none, or
            there is a key that nobody knows. A day ahead of today's is read: it counts as due.
    """
    content, _ = read_toml(path)
    root = Table(path.name, "", content)
    reviewer, table = text(root, "reviewer"), root.table("reviewed_on")
    root.close()
    days = {}
    for document in dict.fromkeys([*documents, *table.names()]):
        days[document] = civil_date_of(table, document)
    return BasisReviews(reviewer, days)
