"""Ids become names of files: what could lead elsewhere is refused wherever one comes in, by the name of its field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from referral_samples import manifest_json

from adapters.errors import SettingsError
from adapters.justice.folder import read_folder
from formats.dossier import ID_FORM, DossierItem, EvidenceKind, Manifest, Material
from formats.manifest import ManifestError, decode_manifest, encode_manifest
from gateway.domain.errors import MalformedRequestError
from gateway.rpc.dossier_requests import item_id
from gateway.rpc.referral_requests import referral_id

ITEM = DossierItem(
    "order",
    Material.ORDER,
    EvidenceKind.DOCUMENTARY,
    "application/pdf",
    "officer-1",
    date(2026, 11, 2),
    5,
    "ab" * 32,
    21,
    "cd" * 32,
)
MANIFEST = Manifest("YS-1", 1, "", "hrss", datetime(2026, 11, 3, tzinfo=UTC), (ITEM,))
DOSSIER = """
collected_by = "officer-1"
collected_on = 2026-11-02
[[file]]
path = "order.pdf"
id = {}
title = "指令书"
material = "ORDER"
evidence = "DOCUMENTARY"
media_type = "application/pdf"
"""
NAMES = [
    "",
    ".",
    "..",
    "...",
    ".hidden",
    "../up",
    "a/b",
    "/abs",
    "a\\b",
    "C:x",
    "a\0b",
    "a\n",
    "a" * 65,
    "~",
    "a b",
    "文",
]
ANY = st.one_of(
    st.sampled_from(NAMES), st.text("./\\a-\0\n~:", min_size=0, max_size=6), st.text(min_size=0, max_size=70)
)


def leads_elsewhere(name: str) -> bool:
    """Return whether a folder with this name in it is not that folder, or the name is hidden in it."""
    plain = PurePosixPath(name).parts == (name,) == PureWindowsPath(name).parts
    return not plain or name.startswith(".") or "\0" in name


@given(ANY)
def test_no_id_that_is_taken_leads_elsewhere(name):
    if leads_elsewhere(name):
        assert ID_FORM.fullmatch(name) is None


@given(ANY)
@example("..")
@example(".")
@example("a/b")
def test_every_way_in_takes_the_same_ids_and_names_the_field_of_what_it_refuses(name):
    taken = ID_FORM.fullmatch(name) is not None
    for read, field in ((referral_id, "referral_id"), (lambda sent: item_id(sent, "item_id"), "item_id")):
        if taken:
            assert read(name) == name
            continue
        with pytest.raises(MalformedRequestError) as refused:
            read(name)
        assert refused.value.field == field
    for field, manifest in (
        ("items[0].item_id", replace(MANIFEST, items=(replace(ITEM, item_id=name),))),
        ("referral_id", replace(MANIFEST, referral_id=name)),
    ):
        if taken:
            assert decode_manifest(encode_manifest(manifest)) == manifest
            continue
        with pytest.raises(ManifestError) as found:
            decode_manifest(manifest_json(manifest))
        assert f"$.{field}:" in str(found.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_listing_of_files_is_refused_by_the_field_before_anything_is_sealed(name, tmp_path):
    (tmp_path / "order.pdf").write_bytes(b"an order")
    quoted = '"' + "".join(f"\\u{ord(each):04x}" for each in name) + '"'
    (tmp_path / "dossier.toml").write_text(DOSSIER.format(quoted), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"file\[0\]\.id: "):
        read_folder(tmp_path)
