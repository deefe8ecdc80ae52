"""An exported dossier in the hands of programs that are not ours: openssl, unzip and xmllint."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime

import pytest
from justice_gateway import Authority
from unit.justice_export import WHEN, Dossier

from adapters.dossier.cms import sign_cms
from adapters.dossier.signing import Signer
from formats.asic import LIST_NAME, SIGNATURE_NAME

VERIFY = ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-purpose", "sslclient"]


@pytest.fixture
def dossier(tmp_path):
    return Dossier(Authority(tmp_path / "pki", at=WHEN), tmp_path)


def run(*words: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*map(str, words)], capture_output=True, check=False, timeout=60)


def unpacked(dossier, tmp_path):
    file, folder = tmp_path / "YS-2026-1.asice", tmp_path / "unpacked"
    file.write_bytes(dossier.written())
    tested = run("unzip", "-t", file)
    assert tested.returncode == 0, tested
    assert b"No errors detected" in tested.stdout
    assert run("unzip", file, "-d", folder).returncode == 0
    return folder


def signed(folder, authority):
    bundle = authority.folder / "ca-bundle.pem"
    return run(*VERIFY, "-in", folder / SIGNATURE_NAME, "-content", folder / LIST_NAME, "-CAfile", bundle)


def test_unzip_openssl_and_xmllint_take_it(dossier, tmp_path):
    folder = unpacked(dossier, tmp_path)
    assert (folder / "mimetype").read_bytes() == b"application/vnd.etsi.asic-e+zip"
    verified = signed(folder, dossier.authority)
    assert verified.returncode == 0, verified
    assert b"CAdES Verification successful" in verified.stderr
    assert run("xmllint", "--noout", folder / LIST_NAME).returncode == 0
    query = "string(//*[local-name()='DataObjectReference'][@URI='{}']/*[local-name()='DigestValue'])"
    for file in (path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        listed = run("xmllint", "--xpath", query.format(name), folder / LIST_NAME).stdout.strip()
        hashed = run("sh", "-c", f"openssl dgst -sha256 -binary '{file}' | openssl base64").stdout.strip()
        assert listed == (b"" if name in {"mimetype", LIST_NAME, SIGNATURE_NAME} else hashed), name


def test_openssl_verifies_the_referring_agencys_own_signature_of_a_manifest(dossier, tmp_path):
    """As docs/referrals.md says it is done."""
    folder = unpacked(dossier, tmp_path) / "manifests"
    key = "openssl x509 -in 1.pem -pubkey -noout > key.pem"
    check = "openssl dgst -sha256 -verify key.pem -signature 1.sig"
    content = "{ printf 'joint-sanctions-signed/v1\\nmanifest\\n'; cat 1.json; }"
    verified = run("sh", "-c", f"cd '{folder}' && {key} && {content} | {check}")
    assert verified.stdout.strip() == b"Verified OK", verified
    chain = run(
        "openssl",
        "verify",
        "-CAfile",
        dossier.authority.folder / "ca-bundle.pem",
        "-untrusted",
        folder / "1.pem",
        folder / "1.pem",
    )
    assert chain.returncode == 0, chain


@pytest.mark.parametrize("name", [LIST_NAME, SIGNATURE_NAME])
def test_openssl_refuses_a_list_or_signature_that_was_changed(dossier, tmp_path, name):
    folder = unpacked(dossier, tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    assert signed(folder, dossier.authority).returncode != 0


def test_openssl_reads_the_moment_and_the_certificates_that_we_do(dossier, tmp_path):
    folder = unpacked(dossier, tmp_path)
    shown = run(
        "openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", folder / SIGNATURE_NAME
    ).stdout.decode()
    assert re.search(r"signingTime .*?UTCTIME:", shown, re.DOTALL)
    assert shown.count("d.certificate:") == 2
    assert "id-smime-aa-signingCertificateV2" in shown


def test_openssl_takes_the_signature_of_an_rsa_key_too(tmp_path):
    made = ("-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=court.court", "-days", "9")
    key, certificate, content, signature = (tmp_path / name for name in ("key", "pem", "content", "p7s"))
    assert run("openssl", "req", *made, "-keyout", key, "-out", certificate).returncode == 0
    content.write_bytes(b"<list/>")
    signature.write_bytes(sign_cms(b"<list/>", Signer(certificate, key), datetime.now(UTC)))
    verified = run(*VERIFY, "-in", signature, "-content", content, "-CAfile", certificate)
    assert verified.returncode == 0, verified
