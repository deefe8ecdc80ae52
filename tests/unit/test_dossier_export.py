"""A dossier as one file: what it holds, that standard programs read it, and that nothing changed in it is taken."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from justice_export import CASE, CONTENTS, WHEN, Dossier, item_of
from justice_gateway import Authority

from adapters.dossier.cms import sign_cms
from adapters.dossier.errors import DossierError, DossierFault
from adapters.justice.export_check import check_export
from formats.asic import LIST_NAME, SIGNATURE_NAME, DataObject, encode_list
from formats.stored_zip import StoredZipWriter

pytestmark = pytest.mark.xdist_group("dossier_export")
FIRST = ["mimetype", "manifests/1.json", "manifests/1.sig", "manifests/1.pem"]
NAMES = [
    *FIRST,
    *("manifests/2.json", "manifests/2.sig", "manifests/2.pem"),
    *("files/1/001-letter.pdf", "files/1/002-order.pdf", "files/1/003-report.pdf", "files/2/001-penalty.pdf"),
    *(LIST_NAME, SIGNATURE_NAME),
]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki") / "pki", at=WHEN)


@pytest.fixture
def dossier(authority, tmp_path):
    return Dossier(authority, tmp_path)


def entries_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed(entries: dict[str, bytes], at=WHEN) -> bytes:
    sink = io.BytesIO()
    written = StoredZipWriter(sink, at)
    for name, content in entries.items():
        written.add(name, len(content), [content])
    written.close()
    return sink.getvalue()


def resigned(dossier, entries, by=None, at=WHEN, types=None):
    """Return a container with its list and signature made anew, as somebody who has a certificate can."""
    kinds = {"json": "application/json", "sig": "application/octet-stream", "pem": "application/x-pem-file"}
    listed = [
        DataObject(name, (types or kinds).get(name.rpartition(".")[2], "application/pdf"), digest(content))
        for name, content in entries.items()
        if name not in {"mimetype", LIST_NAME, SIGNATURE_NAME}
    ]
    entries = {name: content for name, content in entries.items() if name not in {LIST_NAME, SIGNATURE_NAME}}
    entries[LIST_NAME] = encode_list(listed)
    entries[SIGNATURE_NAME] = sign_cms(entries[LIST_NAME], (by or dossier.police).signer, at)
    return packed(entries, at)


def digest(content: bytes) -> str:
    return item_of("any", content).content_sha256


def checked(dossier, content: bytes):
    path = dossier.folder / "exported.asice"
    path.write_bytes(content)
    return check_export(path, dossier.authority.store)


def fault(dossier, content: bytes) -> tuple[DossierFault, str]:
    with pytest.raises(DossierError) as caught:
        checked(dossier, content)
    return caught.value.fault, str(caught.value).partition(":")[0]


def test_a_container_proves_who_sent_which_files_and_who_exported_them(dossier):
    found = checked(dossier, dossier.written())
    assert (found.referral_id, found.at) == (CASE, WHEN)
    assert found.exporter == "spiffe://shiyan.example/agency/police/police"
    assert set(found.signers) == {"spiffe://shiyan.example/agency/hrss/producer"}
    assert [(file.part, file.item.item_id) for file in found.files] == [
        (part, item_id) for part, files in CONTENTS.items() for item_id in files
    ]
    assert found.absent == []


def test_what_the_exporter_cannot_open_is_told_to_be_absent(dossier):
    dossier.files = [file for file in dossier.files if file.item.item_id != "order"]
    found = checked(dossier, dossier.written())
    assert [(part, item.item_id) for part, item in found.absent] == [(1, "order")]


def test_a_standard_program_reads_it_and_its_type_comes_first(dossier):
    content = dossier.written()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == NAMES
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert content[30:69] == b"mimetypeapplication/vnd.etsi.asic-e+zip"
    assert entries_of(content)["files/1/002-order.pdf"] == CONTENTS[1]["order"]


def test_its_list_is_xml_with_the_hash_of_every_file_but_of_the_type_and_the_signature(dossier):
    entries = entries_of(dossier.written())
    root = ET.fromstring(entries[LIST_NAME])  # noqa: S314 - our own
    asic, ds = "{http://uri.etsi.org/02918/v1.2.1#}", "{http://www.w3.org/2000/09/xmldsig#}"
    assert root.tag == f"{asic}ASiCManifest"
    assert root.find(f"{asic}SigReference").get("URI") == SIGNATURE_NAME
    rows = root.findall(f"{asic}DataObjectReference")
    assert [row.get("URI") for row in rows] == NAMES[1:-2]
    for row in rows:
        assert row.find(f"{ds}DigestMethod").get("Algorithm") == "http://www.w3.org/2001/04/xmlenc#sha256"
        value = row.find(f"{ds}DigestValue").text
        assert base64.b64decode(value).hex() == digest(entries[row.get("URI")])


def test_the_same_dossier_at_the_same_instant_is_the_same_bytes(dossier):
    assert dossier.written() == dossier.written()
    assert dossier.written() != dossier.written(at=WHEN + timedelta(seconds=2))


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_byte_that_is_changed_is_seen_wherever_it_is(authority, tmp_path):
    """Every third: that of the ZIP file and of the signature every one counts, their own tests hold."""
    dossier = Dossier(authority, tmp_path, {1: {"a": b"x"}})
    content = dossier.written()
    for place in range(0, len(content), 3):
        changed = bytearray(content)
        changed[place] ^= 1 << (place % 8)
        fault(dossier, bytes(changed))


def test_wherever_it_is_cut_off_it_is_not_taken(authority, tmp_path):
    dossier = Dossier(authority, tmp_path, {1: {"a": b"x"}})
    content = dossier.written()
    for size in range(0, len(content), 5):
        assert fault(dossier, content[:size])[0] is DossierFault.CUT_OFF, size


@pytest.mark.parametrize(
    "change", [lambda content: content + b"\0", lambda content: b"PK" + content, lambda content: content + content]
)
def test_nothing_stands_before_or_behind_it(dossier, change):
    assert fault(dossier, change(dossier.written()))[0] is DossierFault.CHANGED


def test_a_changed_file_is_named_even_where_list_and_signature_are_made_anew(dossier):
    entries = entries_of(dossier.written())
    entries["files/1/002-order.pdf"] = b"An order " * 9
    expected = (DossierFault.NOT_THE_CONTENT, "files/1/002-order.pdf")
    assert fault(dossier, packed(entries)) == expected
    assert fault(dossier, resigned(dossier, entries)) == expected


@pytest.mark.parametrize("name", ["files/1/004-more.pdf", "files/3/001-letter.pdf", "more.txt", "META-INF/more.xml"])
def test_an_added_file_is_named_even_where_list_and_signature_are_made_anew(dossier, name):
    entries = {**entries_of(dossier.written()), name: b"more"}
    assert fault(dossier, packed(entries)) == (DossierFault.NOT_THE_CONTENT, name)
    order = {**{each: entries[each] for each in NAMES[:-2]}, name: b"more"}
    assert fault(dossier, resigned(dossier, order)) == (DossierFault.NOT_THE_CONTENT, name)


@pytest.mark.parametrize("name", ["files/1/002-order.exe", "files/1/001-order.pdf", "files/1/003-order.pdf"])
def test_a_renamed_file_is_named(dossier, name):
    entries = entries_of(dossier.written())
    renamed = {name if each == "files/1/002-order.pdf" else each: content for each, content in entries.items()}
    assert fault(dossier, packed(renamed)) == (DossierFault.NOT_THE_CONTENT, name)


def test_files_that_change_places_are_named(dossier):
    entries = entries_of(dossier.written())
    names = list(entries)
    names[7], names[8] = names[8], names[7]
    moved = {name: entries[name] for name in names}
    assert fault(dossier, resigned(dossier, moved)) == (DossierFault.NOT_THE_CONTENT, "files/1/001-letter.pdf")


@pytest.mark.parametrize("missing", NAMES)
def test_each_file_that_is_left_out_is_missed(dossier, missing):
    entries = entries_of(dossier.written())
    del entries[missing]
    fault(dossier, packed(entries))


def test_another_partys_signature_and_one_of_another_container_are_not_taken(dossier):
    entries = entries_of(dossier.written())
    auditor = dossier.authority.party(None, "police", "auditor")
    for signature in (
        sign_cms(entries[LIST_NAME], auditor.signer, WHEN),
        sign_cms(entries[LIST_NAME] + b" ", dossier.police.signer, WHEN),
        b"",
        b"\x30\x00",
        entries["manifests/1.sig"],
    ):
        changed = packed({**entries, SIGNATURE_NAME: signature})
        assert fault(dossier, changed) == (DossierFault.NOT_SIGNED, SIGNATURE_NAME)


def test_a_signature_at_a_time_when_the_certificate_did_not_hold_is_not_taken(dossier):
    entries = entries_of(dossier.written())
    for at in (WHEN - timedelta(days=400), WHEN + timedelta(days=400)):
        signature = sign_cms(entries[LIST_NAME], dossier.police.signer, at)
        changed = packed({**entries, SIGNATURE_NAME: signature}, at)
        assert fault(dossier, changed) == (DossierFault.NOT_SIGNED, SIGNATURE_NAME)


def test_a_container_of_another_type_or_without_a_file_of_a_dossier_is_not_taken(dossier):
    entries = entries_of(dossier.written())
    other = {**entries, "mimetype": b"application/vnd.etsi.asic-s+zip"}
    assert fault(dossier, packed(other)) == (DossierFault.CHANGED, "mimetype")
    bare = {name: content for name, content in entries.items() if not name.startswith("files/")}
    assert fault(dossier, resigned(dossier, bare)) == (DossierFault.NOT_THE_CONTENT, "$")
    assert fault(dossier, resigned(dossier, {"mimetype": entries["mimetype"]})) == (DossierFault.NOT_THE_CONTENT, "$")


def test_the_times_of_the_files_are_that_of_the_signature(dossier):
    entries = entries_of(dossier.written())
    assert fault(dossier, packed(entries, WHEN + timedelta(hours=1))) == (DossierFault.CHANGED, "$")


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("signed by an agency that is not the referring one", {"agency": "hrss", "signer": "police"}),
        ("of another case", {"referral_id": "YS-2026-2"}),
        ("after another part", {"previous_sha256": "cd" * 32}),
        ("of another agency", {"agency": "police", "signer": "police"}),
    ],
)
def test_a_manifest_that_does_not_prove_itself_is_named(dossier, why, other):
    signer = {"police": dossier.police}.get(other.pop("signer", ""))
    dossier.parts.pop()
    dossier.add_part(2, (item_of("penalty", CONTENTS[2]["penalty"]),), signer, **other)
    found, name = fault(dossier, dossier.written())
    assert found is DossierFault.NOT_SIGNED, why
    assert name in {"manifests/2.json", CASE}, why


def test_a_manifest_under_another_number_is_named(dossier):
    entries = entries_of(dossier.written())
    renumbered = {re.sub(r"^manifests/2", "manifests/3", name): content for name, content in entries.items()}
    assert fault(dossier, packed(renumbered)) == (DossierFault.NOT_SIGNED, "manifests/3.json")


def test_authorities_of_another_city_do_not_believe_it(dossier, tmp_path):
    elsewhere = Authority(tmp_path / "elsewhere", at=WHEN)
    path = tmp_path / "exported.asice"
    path.write_bytes(dossier.written())
    with pytest.raises(DossierError, match=r"manifests/1\.json"):
        check_export(path, elsewhere.store)


def test_nothing_is_written_of_files_that_are_not_what_was_signed(dossier):
    file = dossier.files[1]
    for content in (b"An order " * 9, b"short", b"longer than it was, and so another " * 9):
        file.path.write_bytes(content)
        with pytest.raises(DossierError) as caught:
            dossier.written()
        assert caught.value.fault is DossierFault.NOT_THE_CONTENT


def test_who_can_open_nothing_or_takes_no_part_exports_nothing(dossier):
    with pytest.raises(DossierError) as caught:
        dossier.written(by=dossier.authority.party(None, "police", "auditor"))
    assert caught.value.fault is DossierFault.NOT_SIGNED
    dossier.files = []
    with pytest.raises(DossierError) as caught:
        dossier.written()
    assert caught.value.fault is DossierFault.NOT_FOR_US


@pytest.mark.parametrize("item_id", ["-rf", "CON", "a" * 64, "order.pdf"])
def test_an_id_cannot_make_a_file_anything_but_one_of_its_folder(authority, tmp_path, item_id):
    dossier = Dossier(authority, tmp_path, {1: {item_id: b"x", "order": b"y"}})
    content = dossier.written()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("files/")]
        archive.extractall(tmp_path / "out")
    assert len(names) == 2
    assert all(re.fullmatch(r"files/1/00[12]-[A-Za-z0-9._-]{1,64}\.pdf", name) for name in names)
    assert len(list((tmp_path / "out" / "files" / "1").iterdir())) == 2
    assert {file.item.item_id for file in checked(dossier, content).files} == {item_id, "order"}
