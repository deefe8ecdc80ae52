"""Who must have signed an exported dossier: the referring agency its manifests, a party of its city the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from justice_export import CASE, WHEN, Dossier, item_of
from justice_gateway import Authority

from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import authorities
from adapters.justice.export_check import check_export

pytestmark = pytest.mark.xdist_group("dossier_export_parties")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("pki") / "pki", at=WHEN)


def checked(content, folder, store):
    path = folder / "exported.asice"
    path.write_bytes(content)
    return check_export(path, store)


@pytest.mark.parametrize("signer", [("market-regulation", "producer"), ("hrss", "auditor"), ("hrss", "police")])
def test_a_manifest_is_believed_for_the_referring_agency_in_its_role_alone(authority, tmp_path, signer):
    dossier = Dossier(authority, tmp_path)
    dossier.parts.clear()
    dossier.files.clear()
    item = item_of("letter", b"a letter")
    dossier.add_part(1, (item,), authority.party(None, *signer))
    dossier.add_file(1, item, b"a letter")
    with pytest.raises(DossierError, match=r"^manifests/1\.json: signed by spiffe://.*, and not by hrss$"):
        checked(dossier.written(), tmp_path, authority.store)


@pytest.mark.parametrize("role", ["police", "procuratorate", "court", "producer"])
def test_whoever_takes_part_exports(authority, tmp_path, role):
    dossier = Dossier(authority, tmp_path)
    found = checked(dossier.written(authority.party(None, "somebody", role)), tmp_path, authority.store)
    assert (found.referral_id, found.exporter) == (CASE, f"spiffe://shiyan.example/agency/somebody/{role}")


def test_a_party_of_another_trusted_city_is_none_of_this_ones(authority, tmp_path):
    there = Authority(tmp_path / "there", "wuhan.example", WHEN)
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join((each.folder / "ca-bundle.pem").read_bytes() for each in (authority, there)))
    store = authorities(both)
    exporter = replace(there.party(None, "police", "police"), trusted=store)
    content = Dossier(authority, tmp_path).written(exporter)
    with pytest.raises(DossierError, match="of another trust domain") as caught:
        checked(content, tmp_path, store)
    assert caught.value.fault is DossierFault.NOT_SIGNED


def test_who_would_not_be_believed_by_its_own_authorities_exports_nothing(authority, tmp_path):
    elsewhere = Authority(tmp_path / "elsewhere", at=WHEN)
    dossier = Dossier(authority, tmp_path)
    with pytest.raises(DossierError) as caught:
        dossier.written(replace(dossier.police, trusted=elsewhere.store))
    assert caught.value.fault is DossierFault.NOT_SIGNED


def test_a_sending_of_which_nothing_was_for_the_exporter_is_told_to_be_absent(authority, tmp_path):
    dossier = Dossier(authority, tmp_path, {1: {"letter": b"a"}, 2: {"order": b"b"}, 3: {"report": b"c"}})
    assert checked(dossier.written(), tmp_path, authority.store).absent_parts == []
    del dossier.parts[1], dossier.files[1]
    assert checked(dossier.written(), tmp_path, authority.store).absent_parts == [2]
    del dossier.parts[0], dossier.files[0]
    assert checked(dossier.written(), tmp_path, authority.store).absent_parts == [1, 2]
