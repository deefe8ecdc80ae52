"""``jsg pki revoke --at-gateway`` and ``jsg pki list --at-gateway``, as an operator types them when a key is stolen."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from e2e.served import BIDDING, CHECK, TOURISM, award, gateway_in, new_party, outcome_of
from e2e.sidecars import about, sidecar_of
from mandate_calls import OPERATIONS, WITHIN, ZHAO, person, seen
from revocation_calls import DOCUMENT, certificate_of, pem_of, sha256_of

from gateway.cli.main import main
from gateway.security.pki import issue_client

pytestmark = pytest.mark.xdist_group("processes")
WHY = ("--reason", "key-compromise", "--document", DOCUMENT)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("typing"), filled=False) as served:
        yield served


@pytest.fixture
def jsg(gateway, capsys):
    """Return a function that runs a command as somebody, and returns its exit code, its output and its errors."""

    def run(*words, who=OPERATIONS):
        if who.count(".") == 2:
            person(gateway, who)
        else:
            gateway.credentials(who)
        place = ["--config", str(gateway.place.config), "--address", f"127.0.0.1:{gateway.port}", "--as", who]
        capsys.readouterr()
        code = main([*place, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def folder(gateway):
    return gateway.place.state / "pki"


def test_a_caller_s_name_revokes_every_certificate_that_it_ever_got(gateway, jsg, folder):
    """Whoever stole a key before the last renewal has an older certificate than the one in use."""
    older = pem_of(gateway, TOURISM)
    with gateway.new_channel(TOURISM) as stolen:

        def asked():
            outcome = outcome_of(stolen.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString())
            return "OK" if outcome.ok else outcome.reason

        assert asked() == "AREA_NOT_IN_MANDATE"
        issue_client(folder, *TOURISM.split("."), None, 90, datetime.now(UTC), force=True)
        newer = pem_of(gateway, TOURISM)
        code, out, err = jsg("pki", "revoke", "--at-gateway", "--folder", str(folder), "tourism/asking-system", *WHY)
        at = time.monotonic()
        assert (code, err) == (0, "")
        assert seen(asked, "CERTIFICATE_REJECTED", at) < WITHIN
    assert "已吊销 revoked  tourism/asking-system" in out
    for pem in (older, newer):
        assert f"{certificate_of(pem).serial_number:x}  key-compromise ({DOCUMENT})" in out

    code, out, _ = jsg("pki", "revoke", "--at-gateway", "--folder", str(folder), "tourism/asking-system", *WHY)
    assert code == 0, "as after a command that was broken off"
    code, out, _ = jsg("pki", "list", "--at-gateway", "--json")
    assert {each["sha256"] for each in json.loads(out)} >= {sha256_of(older), sha256_of(newer)}
    assert "已吊销 revoked" in jsg("mandate", "list", "--agency", "tourism")[1]
    assert "网关吊销 revoked at gateway" in jsg("status")[1]
    issue_client(folder, *TOURISM.split("."), None, 90, datetime.now(UTC), force=True)


@pytest.mark.parametrize(
    "named", [lambda pem: f"sha256:{sha256_of(pem)}", lambda pem: f"{certificate_of(pem).serial_number:X}"]
)
def test_a_hash_or_a_number_suffices_where_there_is_no_folder(gateway, jsg, tmp_path, named):
    who = person(gateway, f"{TOURISM}.p{time.monotonic_ns()}")
    pem = pem_of(gateway, who)
    issuer = certificate_of(pem).issuer.rfc4514_string()
    words = ("pki", "revoke", "--at-gateway", "--folder", str(tmp_path / "none"), named(pem), *WHY)
    code, out, _ = jsg(*words, "--issuer", issuer)
    assert code == 0
    assert "归属不明 nobody known" in out
    assert "has never seen this certificate" in out


def test_another_day_s_word_finds_it_revoked(gateway, jsg, tmp_path):
    file = tmp_path / "lost.pem"
    file.write_text(pem_of(gateway, person(gateway, f"{TOURISM}.w")), encoding="ascii")
    first = ("pki", "revoke", "--at-gateway", str(file), "--document", DOCUMENT)
    assert jsg(*first, "--reason", "key-compromise")[0] == 0
    code, out, _ = jsg(*first, "--reason", "superseded")
    assert code == 0
    assert "此前已吊销 was revoked before" in out
    assert "key-compromise" in out


def test_nobody_locks_out_himself_unawares_and_is_told_how_to(gateway, jsg, folder):
    person(gateway, ZHAO)
    words = ("pki", "revoke", "--at-gateway", "--folder", str(folder), "gateway-operations/operator/zhao", *WHY)
    code, out, err = jsg(*words, who=ZHAO)
    assert (code, out) == (1, "")
    assert "未吊销 NOT revoked" in err
    own = sha256_of(pem_of(gateway, ZHAO))
    assert own in err
    code, out, _ = jsg(*words, "--own", own, who=ZHAO)
    assert code == 0
    assert "it cannot call any more" in out


def test_a_side_car_whose_certificate_is_revoked_says_so_in_both_languages(gateway, jsg, folder, tmp_path):
    with sidecar_of(gateway.place, tmp_path, gateway.port) as sidecar:

        def said():
            reply = sidecar.post("/v1/checks", about(new_party()))
            return "OK" if reply.status == 200 else reply.reason

        assert said() == "OK"
        who = BIDDING.replace(".", "/")
        assert jsg("pki", "revoke", "--at-gateway", "--folder", str(folder), who, *WHY)[0] == 0
        assert seen(said, "CERTIFICATE_REJECTED", time.monotonic()) < WITHIN
        detail = sidecar.post("/v1/checks", about(new_party())).json["detail"]
    assert "本边车的证书已被吊销，不能恢复" in detail
    assert "This side-car's certificate has been revoked, for good" in detail


@pytest.mark.parametrize(
    "words",
    [
        ("revoke", "--at-gateway", "1f", "--reason", "key lost", "--document", "1号"),
        ("revoke", "--at-gateway", "1f", "--reason", "key-compromise"),
        ("revoke", "1f", "--reason", "key lost", "--document", "1号"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(jsg, words):
    with pytest.raises(SystemExit) as caught:
        jsg("pki", *words)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("1f", "name who issued it with --issuer"),
        ("nobody/bank", "is no caller with a certificate here"),
        ("none.pem", "No such file"),
        ("empty.pem", "no PEM certificate that can be read"),
    ],
)
def test_what_names_nothing_is_said_and_nothing_is_sent(jsg, folder, tmp_path, monkeypatch, named, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.pem").write_text("", encoding="ascii")
    code, out, err = jsg("pki", "revoke", "--at-gateway", "--folder", str(folder), named, *WHY)
    assert (code, out) == (1, "")
    assert why in err
