"""``jsg doctor`` names the broken link, for each link that can break, and no other."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import certificates
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from e2e.served import BIDDING, FINANCE, prepared

from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli import doctor_callers_texts
from gateway.cli.doctor_gateway import clock_between
from gateway.cli.doctor_texts import ROWS, advice_on
from gateway.cli.local_city import Place
from gateway.cli.main import main
from gateway.domain.audit import Draft
from gateway.domain.quotas import AS_SHIPPED
from gateway.security.authority import make_client
from gateway.security.bulletin_keys import BulletinKeys
from gateway.security.key_pairs import PairFiles, replace_pair
from gateway.security.names import CallerName
from gateway.security.pki import issue_client, issue_server, read_issuing
from gateway.security.revoking import revoke
from gateway.services.ports.facts import Submission
from gateway.settings.gateway_file import load_gateway
from gateway.storage.audit_queue import AuditQueue
from gateway.storage.mandates import SqlMandateStore

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NOBODY = ("--address", "127.0.0.1:1")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("doctor"), {})


@pytest.fixture
def place(made, tmp_path):
    """A state of this test's own: certificates, tables and configuration, and no server."""
    shutil.copytree(made.config.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Place(tmp_path / "config", tmp_path / made.state.name)


@pytest.fixture
def doctor(place, capsys):
    """What the doctor finds broken, by link, but for the gateway, which does not run; each with what it says.

    Of whatever is broken it says in both languages how it is known and what to do.
    """

    def look(*more):
        capsys.readouterr()
        code = main(["--config", str(place.config), "--state", str(place.state), *NOBODY, "doctor", "--json", *more])
        broken = [row for row in json.loads(capsys.readouterr().out) if not row["sound"]]
        assert code == 1, "the gateway does not run"
        for row in broken:
            assert row["zh"] not in {"", advice_on("?", "").wrong_zh}, row
            assert all(row[key][language] for key in ("known", "do") for language in ("zh", "en")), row
        return {row["link"]: row["found"] for row in broken if row["link"] != "gateway"}

    return look


def put(place, who, pem, key):
    clients = place.state / "pki" / "clients"
    replace_pair(PairFiles(clients / f"{who}.pem", clients / f"{who}.key"), pem, key)


def put_leaf(place, who, uris, **parts):
    """Give *who* a leaf of the city's own authority that says this."""
    issuing, _ = read_issuing(place.state / "pki")
    issuer = certificates.Issued(issuing.certificate, issuing.key)
    leaf = certificates.make_leaf(issuer, uris=uris, **parts)
    put(place, who, leaf.leaf_pem + issuer.leaf_pem, leaf.key_pem)


def setting(place, old, new):
    """Replace a line of this place's gateway.toml."""
    file = place.config / "gateway.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_is_broken_in_a_place_that_was_just_made(doctor):
    assert doctor() == {}


def test_a_basis_that_nobody_has_reviewed_for_a_year_is_named(place, doctor):
    file = place.config / "policy" / "reviews.toml"
    file.write_text(re.sub(r"^BL = .*$", 'BL = "2025-01-31"', file.read_text(encoding="utf-8"), flags=re.MULTILINE))

    assert doctor() == {"legal bases": "1 of 21 are due for their yearly review: BL"}


def test_keys_of_bulletins_that_others_can_reach_are_named_and_none_is_made_by_looking(place, doctor):
    keys, folder = BulletinKeys(place.state / "keys", "shiyan.example"), place.state / "keys"
    assert doctor() == {}
    assert keys.held() == ()
    keys.published()
    assert doctor() == {}
    (folder / "bulletin-1.key").chmod(0o640)
    assert "mode is 0640" in doctor()["bulletins' keys"]
    (folder / "bulletin-1.key").chmod(0o600)
    (folder / "bulletin-1.key").write_bytes(bytes(31))
    assert "32 random bytes" in doctor()["bulletins' keys"]


def test_a_key_of_bulletins_that_is_old_or_left_beside_the_next_is_named(place, doctor):
    keys, folder = BulletinKeys(place.state / "keys", "shiyan.example"), place.state / "keys"
    keys.published()

    def aged(name, days):
        then = (datetime.now(UTC) - days * DAY).timestamp()
        os.utime(folder / name, (then, then))

    aged("bulletin-1.key", 364)
    assert doctor() == {}
    aged("bulletin-1.key", 366)
    assert "it is 366 days old: add the next" in doctor()["bulletins' keys"]
    setting(place, "key_days = 365", "key_days = 400")
    assert doctor() == {}
    setting(place, "key_days = 400", "key_days = 365")
    keys.add()
    assert doctor() == {}, "the old one stays until everybody has the next"
    aged("bulletin-2.key", 31)
    assert "bulletin-1.key is still beside it after 31 days" in doctor()["bulletins' keys"]
    (folder / "bulletin-1.key").unlink()
    assert doctor() == {}


def test_a_leaf_that_has_ended_is_named(place, doctor):
    pki = place.state / "pki"
    issuing, domain = read_issuing(pki)
    then = datetime.now(UTC) - 3 * DAY
    leaf = make_client(issuing, CallerName(domain, *BIDDING.split(".")), then + DAY, then)
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (leaf.certificate, issuing.certificate))
    put(place, BIDDING, pem, leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: expired"}


def test_a_leaf_without_a_name_is_named(place, doctor):
    put_leaf(place, BIDDING, ())

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: no URI name"}


def test_a_leaf_of_another_authority_is_named(place, doctor):
    foreign = certificates.City().caller()
    put(place, BIDDING, foreign.pem, foreign.key_pem)

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: no chain to a trusted issuer"}


def test_a_revoked_caller_is_named(place, doctor):
    revoke(place.state / "pki", [BIDDING.replace(".", "/")], "key lost", datetime.now(UTC))

    assert doctor() == {f"caller {BIDDING}": "certificate rejected: revoked"}


def test_a_caller_without_mandate_is_named_with_the_name_that_its_certificate_bears(place, doctor):
    uri = certificates.caller_uri("nobody")
    put_leaf(place, FINANCE, (uri,))
    found = doctor()

    assert set(found) == {f"caller {FINANCE}"}
    assert uri in found[f"caller {FINANCE}"]


def test_a_certificate_that_is_not_there_is_named(place, doctor):
    (place.state / "pki" / "clients" / f"{BIDDING}.pem").unlink()

    assert set(doctor()) == {f"caller {BIDDING}"}


def test_a_disk_that_is_nearly_full_is_named(doctor):
    assert "GB free" in doctor("--least-free", "1000000000")["disk"]


def test_the_disk_is_nearly_full_below_the_setting(place, doctor):
    setting(place, "least_free_gigabytes = 1.0 ", "least_free_gigabytes = 1000000.0 ")

    assert "at least 1e+06 GB are needed" in doctor()["disk"]
    assert doctor("--least-free", "0.000001") == {}


def test_a_state_folder_that_is_gone_is_named_first(place, doctor):
    shutil.rmtree(place.state)

    assert "is not there" in doctor()["disk"]


def test_a_store_that_is_gone_is_named_and_not_made(place, doctor):
    """An empty one in its place would hold nothing against anybody."""
    (place.state / "facts.sqlite").unlink()

    assert doctor() == {"store": f"{place.state / 'facts.sqlite'} is not there"}
    assert "restore it" in advice_on("store", doctor()["store"]).do.en
    assert not (place.state / "facts.sqlite").exists()


class Ahead:
    """A clock that is an hour ahead of the machine's."""

    def now(self):
        return datetime.now(UTC) + timedelta(hours=1)

    def boot_seconds(self):
        return 0.0


def test_a_clock_behind_what_is_on_record_is_named(place, doctor):
    settings = load_gateway(place.config / "gateway.toml", place.state)
    engine = store_engine(settings)

    async def record():
        queue = AuditQueue(audit_place(settings, engine), "gw1-0", Ahead(), lambda: None)
        await queue.record(Draft({"method": "X", "outcome": "OK"}))
        await queue.close()

    asyncio.run(record())
    engine.dispose()

    assert "s behind the last entry of gw1-0" in doctor()["clock"]


@pytest.mark.parametrize(
    ("theirs", "sound", "said"),
    [
        (0.0, True, "within the time of a call"),
        (2.9, True, "0.9 s behind the gateway's"),
        (3.1, False, "1.1 s behind the gateway's"),
        (-0.9, True, "0.9 s ahead of the gateway's"),
        (-1.1, False, "1.1 s ahead of the gateway's"),
    ],
)
def test_a_clock_that_is_off_the_gateways_is_told_whatever_the_call_took(theirs, sound, said):
    """A call of two seconds; clocks may be one second apart."""
    now = datetime(2026, 11, 29, tzinfo=UTC)
    found = clock_between(now, now + timedelta(seconds=theirs), now + 2 * SECOND, SECOND)

    assert found[:2] == ("gateway's clock", sound)
    assert said in found[2]


def test_every_row_of_advice_is_reached_by_what_it_is_for():
    for link, part, advice in (*ROWS, *doctor_callers_texts.ROWS):
        assert advice_on(link, part) == advice, (link, part)


@pytest.mark.xdist_group("served")
def test_of_a_gateway_that_serves_nothing_is_broken_and_its_clock_is_ours(served, capsys):
    where = ["--config", str(served.place.config), "--state", str(served.place.state)]
    code = main([*where, "--address", f"127.0.0.1:{served.port}", "doctor", "--json"])
    found = {row["link"]: row for row in json.loads(capsys.readouterr().out)}

    assert [row for row in found.values() if not row["sound"]] == []
    assert code == 0
    assert found["gateway's clock"]["found"].startswith("within the time of a call")
    # The disk is this machine's, and may be filling up.
    assert re.fullmatch(r"nothing is in disorder|the disk fills up.*", found["gateway's status"]["found"])


def test_an_assessment_that_is_over_is_named(place, doctor):
    file = place.config / "processing.toml"
    text = file.read_text(encoding="utf-8")
    old = 'assessed_on = "2025-09-01"\nnext_review = "2028-09-01"'
    file.write_text(text.replace(old, 'assessed_on = "2025-09-01"\nnext_review = "2026-09-01"'), encoding="utf-8")

    assert "assessment.next_review" in doctor()["configuration"]


def test_a_store_that_is_down_is_named(place, doctor):
    file = place.config / "gateway.toml"
    (place.state / "url").write_text("postgresql+psycopg://nobody@127.0.0.1:1/none", encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('kind = "sqlite"', 'kind = "postgresql"\nurl_file = "url"'), encoding="utf-8")

    assert set(doctor()) == {"store"}


def test_the_gateways_key_of_another_certificate_is_named(place, doctor):
    (place.state / "pki" / "server.key").unlink()
    (place.state / "pki" / "server.key").write_bytes((place.state / "pki" / "issuing.key").read_bytes())

    assert doctor() == {"gateway's certificate": "the key does not belong to the certificate"}


def test_a_list_that_cannot_be_read_is_named_and_with_it_everybody_that_it_refuses(place, doctor):
    (place.state / "pki" / "revoked.txt").write_bytes(b"")
    found = doctor()

    assert "the list is empty" in found["revocations"]
    assert all(said.endswith("revocation list cannot be read") for link, said in found.items() if link != "revocations")


def test_a_list_that_has_not_come_for_too_long_is_named(place, doctor):
    file = place.config / "gateway.toml"
    old, new = 'revoked = "pki/revoked.txt"', 'revoked = "pki/revoked.txt"\nrevoked_stale_after_hours = 26'
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert doctor() == {}
    long_ago = (datetime.now(UTC) - 2 * DAY).timestamp()
    os.utime(place.state / "pki" / "revoked.txt", (long_ago, long_ago))

    assert "out of date" in doctor()["revocations"]


def test_what_ends_soon_is_told_before_it_does(place, capsys):
    pki = place.state / "pki"
    issue_server(pki, [], 10, datetime.now(UTC), force=True)
    agency, role = BIDDING.split(".")
    issue_client(pki, agency, role, None, 5, datetime.now(UTC), force=True)
    main(["--config", str(place.config), "--state", str(place.state), *NOBODY, "doctor"])
    told = {line[8:32].strip(): line for line in capsys.readouterr().out.splitlines()}

    assert "SOON, in 9 days" in told["gateway's certificate"]
    soon = [line for line in told.values() if "SOON" in line]
    assert len(soon) == 2
    assert "valid until" in told["authorities"]
    assert "0 serial numbers" in told["revocations"]


def begun(place, **changes):
    """Begin the store's mandates from the file, with these changes to the bidding centre's."""
    config = load_config(place.config, place.state)
    entries = [replace(each, **changes) if each.agency_id in BIDDING else each for each in config.agencies]
    engine = store_engine(config.settings)
    first = Submission("first", 0, "d", "", "", "w", datetime.now(UTC), rows=())
    assert SqlMandateStore(engine, AS_SHIPPED.quota).begin(first, entries) == 0
    engine.dispose()


def test_a_mandate_that_has_ended_is_named_with_its_instant(place, doctor):
    begun(place, valid_until=datetime(2026, 1, 1, tzinfo=UTC))

    assert doctor() == {f"caller {BIDDING}": "EXPIRED: the mandate has ended: 2026-01-01T00:00:00.000000Z"}


def test_a_mandate_that_has_not_begun_is_named_with_its_instant(place, doctor):
    begun(place, valid_from=datetime(2090, 1, 1, tzinfo=UTC))

    assert doctor() == {f"caller {BIDDING}": "NOT_YET_VALID: the mandate has not begun: 2090-01-01T00:00:00.000000Z"}


def test_a_caller_of_the_file_that_the_store_does_not_know_is_named(place, doctor):
    begun(place, agency_id="another")

    assert doctor() == {
        f"caller {BIDDING}": "no mandate: the certificate names no caller of this gateway: "
        "spiffe://shiyan.example/agency/public-resources-trading/asking-system"
    }


def test_mandates_that_a_gateway_could_not_start_with_are_named(place, doctor):
    begun(place, authorities=frozenset({"示例局"}))

    assert doctor() == {
        "mandates": "authorities: cannot be granted to the role asking-system: the gateway does not start"
    }


def test_a_mandate_that_stands_and_switches_on_what_has_no_assessment_in_date_is_named(place, doctor):
    """The file of a gateway whose store has mandates decides nothing, and neither does what the file switches on."""
    begun(place)
    callers, register = place.config / "agencies.toml", place.config / "processing.toml"
    blocks = callers.read_text(encoding="utf-8").split("[[agency]]")
    callers.write_text("[[agency]]".join(each for each in blocks if 'role = "bank"' not in each), encoding="utf-8")
    before, head, after = register.read_text(encoding="utf-8").partition('processing = "non_state"')
    lapsed = after.replace('next_review = "2028-09-01"', 'next_review = "2026-09-01"', 1)
    register.write_text(before + head + lapsed, encoding="utf-8")

    assert doctor() == {
        "mandates": "processing.toml: non_state: assessment.next_review: the review was due on 2026-09-01 (I-54): "
        "the gateway does not start"
    }
