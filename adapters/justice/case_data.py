"""The facts of a case and the titles of its files as a file of their own, sealed like every other (T-51)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format

from adapters.justice.folder import ListedFile
from formats import canonical
from formats.dossier import EvidenceKind, Material

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jointsanctions.v1 import referral_pb2 as pb

KIND: Final = "joint-sanctions-case-data/v1"
MEDIA_TYPE: Final = "application/json"
_MARK: Final = 12


def case_data(referral_id: str, facts: pb.ReferralFacts, files: Sequence[ListedFile]) -> tuple[ListedFile, bytes]:
    """Return the file and its content, canonical JSON.

    Its id follows from its content, so that the same facts and titles are sealed once, and those of a supplement are a
    file of their own. It was collected by whoever collected the first of *files*, on the last of their days.
    """
    content = canonical.encode(
        {
            "kind": KIND,
            "referral_id": referral_id,
            "facts": json_format.MessageToDict(facts, preserving_proto_field_name=True),
            "titles": {file.item_id: file.title for file in files},
        }
    )
    listed = ListedFile(
        path=Path(),
        item_id=f"case-data-{hashlib.sha256(content).hexdigest()[:_MARK]}",
        title="案件数据",
        material=Material.CASE_DATA,
        evidence=EvidenceKind.NONE,
        media_type=MEDIA_TYPE,
        collected_by=files[0].collected_by,
        collected_on=max(file.collected_on for file in files),
    )
    return listed, content
