"""Sealed files on their way: over a link that breaks, after a kill, and changed by whoever carries them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from justice_gateway import CASE, HURRIED, NOW, Authority, light_key, listed, refused, shown_key
from justice_played import Played, fault

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import authorities
from adapters.errors import GatewayError
from adapters.justice.fetching import fetch
from adapters.justice.recipients import recipient_key
from adapters.justice.uploading import upload
from formats.dossier import Material
from formats.manifest import ManifestError


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki") / "pki")


@pytest.fixture
def played(authority, tmp_path):
    return Played(authority, tmp_path)


@pytest.mark.parametrize("breaks", [[], [1], [2], [4], [2, 1, 2], [3, 2, 1], [1, 1, 4], [2, 1, 2, 1, 2, 1]])
def test_wherever_the_link_breaks_an_upload_arrives_once_and_whole(played, breaks):
    file = played.seal(content=os.urandom((3 << 20) + 5))
    played.gateway.breaks = list(breaks)
    upload(played.hrss, CASE, file, HURRIED)
    upload(played.hrss, CASE, file, HURRIED)

    assert bytes(played.gateway.uploads[file.item.sealed_sha256]) == file.path.read_bytes()
    assert list(played.gateway.recorded) == ["order"]


def test_a_file_whose_bytes_are_all_there_is_still_recorded_as_this_cases(played):
    file = played.seal()
    played.gateway.uploads[file.item.sealed_sha256] = bytearray(file.path.read_bytes())
    upload(played.hrss, CASE, file, HURRIED)

    assert list(played.gateway.recorded) == ["order"]


def test_an_upload_without_progress_ends_after_its_tries_and_a_refused_one_at_once(played):
    file = played.seal()
    played.gateway.breaks = [1] * 50
    with pytest.raises(GatewayError):
        upload(played.hrss, CASE, file, HURRIED)
    assert len(played.gateway.breaks) == 50 - HURRIED.tries

    def refusing(requests):
        raise refused("sealed_sha256")

    played.gateway.upload_evidence = refusing
    played.gateway.calls.clear()
    with pytest.raises(GatewayError, match="is not so"):
        upload(played.hrss, CASE, file, HURRIED)
    assert played.gateway.calls == ["GetUpload"]


@pytest.mark.parametrize("size", [0, 1 << 20, (2 << 20) - 21, 2 << 20, (5 << 20) + 7])
def test_a_file_larger_than_a_stream_may_be_goes_in_several(played, size):
    file = played.seal(content=os.urandom(size))
    played.gateway.stream_bytes = 2 << 20
    upload(played.hrss, CASE, file, HURRIED, 2 << 20)

    assert bytes(played.gateway.uploads[file.item.sealed_sha256]) == file.path.read_bytes()
    assert list(played.gateway.recorded) == ["order"]


def test_of_a_gateway_that_takes_everything_and_never_has_it_one_is_told(played):
    file = played.seal()
    played.gateway.never_whole = True
    with pytest.raises(GatewayError, match="order: the gateway took what it was sent"):
        upload(played.hrss, CASE, file, HURRIED)


def test_a_sealed_file_stays_as_it_is_and_another_content_is_not_taken_for_it(played):
    first = played.seal()
    before = first.path.read_bytes()
    assert played.seal() == first
    assert first.path.read_bytes() == before
    assert fault(lambda: played.seal(content=b"another")) is DossierFault.NOT_THE_CONTENT


def test_a_ciphertext_without_its_record_is_sealed_anew(played):
    first = played.seal()
    (played.spool.folder / "order.json").unlink()
    again = played.seal()
    assert again.item.sealed_sha256 != first.item.sealed_sha256
    assert played.spool.files() == [again]


def test_an_id_that_no_manifest_takes_makes_no_file(played, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"a")
    with pytest.raises(ManifestError, match="item_id"):
        played.spool.seal(listed(path, "../escaped"), played.rings["hrss"].newest.public, NOW)
    assert not played.spool.folder.exists()


def test_a_sending_without_an_answer_is_made_again_with_the_same_bytes(played):
    played.seal()
    played.gateway.lost_answers = 1
    with pytest.raises(GatewayError):
        played.send()
    played.seal("letter", b"a letter", Material.REFERRAL_LETTER)
    played.send()

    assert (len(played.gateway.parts), len(played.gateway.sent)) == (1, 1)
    played.send("SUPPLEMENT")
    assert [len(part.keys) for part in played.gateway.parts] == [2, 3], "the letter is copied to the procuratorate"


def test_what_was_sent_is_not_sent_again(played):
    played.seal()
    played.send()
    assert fault(lambda: played.send("SUPPLEMENT")) is DossierFault.NOT_THE_CONTENT


@pytest.mark.parametrize("breaks", [[], [0], [1, 1], [2, 0, 0, 1]])
def test_wherever_the_link_breaks_a_download_is_opened_whole(played, breaks):
    content = os.urandom(4321)
    played.seal(content=content)
    played.send()
    played.gateway.breaks = list(breaks)

    assert played.fetched() == {"order": content}
    assert played.left() == ["1-order.pdf"]
    played.gateway.files.clear()
    assert played.fetched() == {"order": content}, "what is there with its hash is not fetched again"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), DossierFault.CHANGED),
        (lambda sealed: sealed[:-1], DossierFault.CUT_OFF),
        (lambda sealed: sealed + b"x", DossierFault.CHANGED),
    ],
)
def test_what_is_not_what_the_manifest_lists_is_thrown_away(played, change, expected):
    played.seal()
    played.send()
    good = played.gateway.files["order"]
    played.gateway.files["order"] = change(good)
    assert fault(played.fetched) is expected
    assert played.left() == []
    played.gateway.files["order"] = good
    assert played.fetched() == {"order": b"an order"}


def test_a_manifest_that_another_agency_signed_is_not_believed(played):
    played.seal()
    played.send()
    (part,) = played.gateway.parts
    part.signature.CopyFrom(played.police.sign("manifest", part.manifest))
    assert fault(played.fetched) is DossierFault.NOT_SIGNED


def test_a_file_that_opens_to_another_content_than_was_signed_is_not_left_there(played):
    file = played.seal()
    record = played.spool.folder / "order.json"
    record.write_text(record.read_text().replace(file.item.content_sha256, "ab" * 32))
    played.send()
    assert fault(played.fetched) is DossierFault.NOT_THE_CONTENT
    assert played.left() == []


def test_the_manifest_of_another_case_is_not_believed(played):
    played.seal()
    played.send()
    found = fetch(played.police, played.rings["police"], "YS-2026-2", played.folder / "received", HURRIED)
    assert fault(lambda: list(found)) is DossierFault.NOT_SIGNED


def test_a_part_that_does_not_follow_the_one_before_is_not_believed(played):
    played.seal()
    played.send()
    played.seal("letter", b"a letter", Material.REFERRAL_LETTER)
    played.send("SUPPLEMENT")
    assert set(played.fetched()) == {"order", "letter"}
    played.gateway.parts.reverse()
    assert fault(played.fetched) is DossierFault.NOT_SIGNED


def test_a_recipients_key_is_believed_for_that_agencys_signature_alone(played, authority, tmp_path):
    elsewhere = Authority(tmp_path / "elsewhere")
    other_domain = Authority(tmp_path / "domain", "wuhan.example")
    key = light_key()
    auditor = authority.party(played.gateway, "police", "auditor")
    forged = {
        "signed by another agency": shown_key(played.hrss, key, "police"),
        "stated to be another's": shown_key(played.police, key, "hrss"),
        "by an authority that is not trusted": shown_key(elsewhere.party(None, "police", "police"), key),
        "of another trust domain": shown_key(other_domain.party(None, "police", "police"), key),
        "by a role that takes no part": shown_key(auditor, key),
    }
    now = datetime.now(UTC)
    for why, shown in forged.items():
        shown.agency = "police"
        played.gateway.keys = [shown, shown_key(played.police, light_key())]
        assert fault(lambda: recipient_key(played.hrss, "police", now)) is DossierFault.NOT_SIGNED, why


def test_the_same_agency_of_a_trusted_authority_of_another_domain_is_another_agency(played, authority, tmp_path):
    there = Authority(tmp_path / "domain", "wuhan.example")
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join((each.folder / "ca-bundle.pem").read_bytes() for each in (authority, there)))
    hrss = replace(played.hrss, trusted=authorities(both))
    played.gateway.keys = [shown_key(there.party(None, "police", "police"), light_key())]
    with pytest.raises(DossierError, match=r"signed by spiffe://wuhan\.example/agency/police/police"):
        recipient_key(hrss, "police", datetime.now(UTC))


def test_a_key_that_is_not_sealed_to_now_or_that_is_not_there_is_not_used(played):
    now = datetime.now(UTC)
    played.gateway.keys = []
    assert fault(lambda: recipient_key(played.hrss, "police", now)) is DossierFault.KEY_UNUSABLE
    key = light_key()
    played.gateway.keys = [shown_key(played.police, key)]
    assert recipient_key(played.hrss, "police", datetime.now(UTC)).kid == key.public.kid
    assert fault(lambda: recipient_key(played.hrss, "police", NOW.replace(year=2030))) is DossierFault.KEY_UNUSABLE
