"""What is to be sealed is what ``dossier.toml`` lists, and each fault in it is said with its place."""

from __future__ import annotations

import stat
from datetime import date

import pytest
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import CASE, NOW, light_key, listed

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.keys import KeyKind, Purpose
from adapters.errors import SettingsError
from adapters.justice.case_data import case_data
from adapters.justice.folder import read_folder
from adapters.justice.keyring import Keyring
from formats import canonical

WHOLE = """
collected_by = "officer-1"
collected_on = 2026-11-02
[[file]]
path = "order.pdf"
id = "order"
title = "指令书"
material = "ORDER"
evidence = "DOCUMENTARY"
media_type = "application/pdf"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "order.pdf").write_bytes(b"an order")
    (tmp_path / "outside.pdf").write_bytes(b"not of the case")
    return tmp_path / "evidence"


def read(folder, text):
    (folder / "dossier.toml").write_text(text, encoding="utf-8")
    return read_folder(folder)


def test_a_file_has_what_is_said_of_it_and_else_what_is_said_of_the_folder(folder):
    (file,) = read(folder, WHOLE + 'collected_by = "officer-2"\n')
    assert (file.item_id, file.collected_by, file.collected_on) == ("order", "officer-2", date(2026, 11, 2))
    assert file.path.read_bytes() == b"an order"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"order.pdf"', '"../outside.pdf"', r"file\[0\]\.path: is no file within"),
        ('id = "order"', 'id = ".."', r"file\[0\]\.id: must be 1 to 64 letters"),
        ('id = "order"', 'id = "a/b"', r"file\[0\]\.id: must be 1 to 64 letters"),
        ('"order.pdf"', '"none.pdf"', r"file\[0\]\.path: is no file within"),
        ('"ORDER"', '"DECREE"', r"file\[0\]\.material: is none of"),
        ('"DOCUMENTARY"', '"HEARSAY"', r"file\[0\]\.evidence: is none of"),
        ('title = "指令书"\n', "", r"file\[0\]\.title: is required"),
        ("2026-11-02", '"2026-11-02"', r"file\[0\]\.collected_on: must be a day"),
        ("collected_on = 2026-11-02\n", "", r"file\[0\]\.collected_on: must be a day"),
        ("title = ", "colour = 1\ntitle = ", r"file\[0\]\.colour: is not known"),
        ("[[file]]", "colour = 1\n[[file]]", r"dossier\.toml\.colour: is not known"),
        (WHOLE, "", "one \\[\\[file\\]\\] or more"),
        (WHOLE, WHOLE + WHOLE[WHOLE.index("[[file]]") :], "id order: is there twice"),
        (WHOLE, "= nothing", "is no TOML"),
    ],
)
def test_each_fault_is_said_with_its_place(folder, old, new, said):
    with pytest.raises(SettingsError, match=said):
        read(folder, WHOLE.replace(old, new))


def test_the_facts_are_a_file_of_their_own_whose_id_follows_from_them(tmp_path):
    files = [listed(tmp_path / "a"), listed(tmp_path / "b", "letter")]
    first, content = case_data(CASE, pb.ReferralFacts(county="420302"), files)
    again, _ = case_data(CASE, pb.ReferralFacts(county="420302"), files)
    other, _ = case_data(CASE, pb.ReferralFacts(county="420302"), files[:1])
    assert first == again
    assert other.item_id != first.item_id
    assert canonical.decode(content) == {
        "kind": "joint-sanctions-case-data/v1",
        "referral_id": CASE,
        "facts": {"county": "420302"},
        "titles": {"order": "标题", "letter": "标题"},
    }


def test_a_key_that_was_replaced_opens_what_was_sealed_to_it_and_is_its_owners_alone(tmp_path):
    purpose = Purpose(CASE, "order", "police")
    first = Keyring(tmp_path / "keys").make(KeyKind.X25519, NOW).public
    wrapped = first.wrap(b"k" * 32, purpose)
    ring = Keyring(tmp_path / "keys")
    second = ring.make(KeyKind.X25519, NOW.replace(year=2027)).public
    again = Keyring(tmp_path / "keys")

    assert again.newest.public.kid == ring.newest.public.kid == second.kid
    assert again.unwrap(wrapped, first.kid, purpose) == b"k" * 32
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}


def test_without_a_key_nothing_is_sealed_or_opened(tmp_path):
    ring = Keyring(tmp_path / "keys")
    assert ring.is_empty
    for call in (lambda: ring.newest, lambda: ring.unwrap(b"", light_key().public.kid, Purpose(CASE, "a", "b"))):
        with pytest.raises(DossierError) as caught:
            call()
        assert caught.value.fault in {DossierFault.KEY_UNUSABLE, DossierFault.NOT_FOR_US}
