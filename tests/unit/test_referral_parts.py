"""What does not fit in a part of a dossier: its place among the others, its files, sizes that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from formats.dossier import DossierItem, EvidenceKind, Manifest, Material, sealed_bytes
from formats.manifest import ManifestError, encode_manifest, manifest_hash
from gateway.domain.referral_parts import UploadedFile, part_faults

ITEM = DossierItem(
    "order", Material.ORDER, EvidenceKind.DOCUMENTARY, "application/pdf", "o-1", date(2026, 11, 2), 7, "ab" * 32,
    sealed_bytes(7), "cd" * 32,
)  # fmt: skip
FIRST = Manifest("YS-1", 1, "", "hrss", datetime(2026, 11, 3, tzinfo=UTC), (ITEM,))
BEFORE = [(encode_manifest(FIRST), FIRST)]
MORE = replace(ITEM, item_id="penalty")
SECOND = replace(FIRST, part=2, previous_sha256=manifest_hash(BEFORE[0][0]), items=(MORE,))
THERE = {name: UploadedFile(name, "cd" * 32, sealed_bytes(7)) for name in ("order", "penalty")}


def fields(manifest, before=(), there=None):
    return [fault.field for fault in part_faults(manifest, before, THERE if there is None else there)]


def test_parts_that_follow_one_another_fit():
    assert fields(FIRST) == []
    assert fields(SECOND, BEFORE) == []


@pytest.mark.parametrize(
    ("manifest", "field"),
    [
        (replace(SECOND, previous_sha256="ef" * 32), "part.manifest.previous_sha256"),
        (replace(SECOND, part=3), "part.manifest.part"),
        (replace(SECOND, items=(ITEM,)), "part.manifest.items[0].item_id"),
        (replace(SECOND, items=(replace(MORE, item_id="nowhere"),)), "part.manifest.items[0].item_id"),
        (replace(SECOND, items=(replace(MORE, sealed_sha256="ef" * 32),)), "part.manifest.items[0].sealed_sha256"),
    ],
)
def test_a_part_that_does_not_fit_is_told_by_its_field(manifest, field):
    assert fields(manifest, BEFORE) == [field]


def test_a_manifest_whose_sealed_size_is_not_that_of_its_content_is_none():
    with pytest.raises(ManifestError, match=r"^\$\.items\[0\]\.sealed_bytes: "):
        encode_manifest(replace(FIRST, items=(replace(ITEM, sealed_bytes=8),)))
