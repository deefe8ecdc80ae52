"""Revocations in every store: kept once, in their order, never changed, each way of naming a certificate of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from gateway.domain.errors import RequestIdReusedError
from gateway.domain.revoked_certificates import CertificateNumber, NamedCertificate, RevocationReason, Revoked
from gateway.services.ports.facts import Submission
from gateway.storage.content import ContentError
from gateway.storage.engine import writing
from gateway.storage.revoked_certificates import SqlRevocationStore
from gateway.storage.revoked_tables import revoked_certificate

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
NUMBER = CertificateNumber("1f3a", "CN=Issuing,O=示例市")
WHOLE = NamedCertificate(NUMBER, "ab" * 32, "tourism", "asking-system", "li")


@pytest.fixture
def revocations(engine):
    return SqlRevocationStore(engine)


def request(request_id, digest="", agency="gateway-operations"):
    return Submission(request_id, 0, digest or request_id, "", agency, "writer-1", NOW, rows=())


def add(store, certificate, request_id="r1", reason=RevocationReason.KEY_COMPROMISE, **how):
    def decide(number):
        return Revoked(
            number=number,
            certificate=certificate,
            reason=reason,
            document_number="府办〔2026〕11号",
            at=NOW,
            by="gateway-operations/operator/chen",
            officer="o",
        )

    return store.add(request(request_id, **how), certificate, decide)


@pytest.mark.parametrize("named", [WHOLE, NamedCertificate(NUMBER), NamedCertificate(sha256="cd" * 32)])
def test_what_was_added_is_read_as_it_was(revocations, store, named):
    revision, kept, already = add(revocations, named)
    assert (kept.number, kept.certificate, already) == (1, named, False)
    assert revocations.after(0) == [kept]
    assert (revocations.newest(), revocations.after(1)) == (1, [])
    assert revision == store.held_listing("none")[0] == 0, "it changes no answer, and takes no revision"


def test_the_entry_is_owed_until_it_is_marked(revocations, store):
    add(revocations, WHOLE)
    assert store.unrecorded("writer-1") == [("r1", 0, 0)]
    revocations.mark_recorded("r1", 0, 7)
    assert store.unrecorded("writer-1") == []


def test_each_certificate_is_revoked_once_and_stays_as_it_was_first(revocations, engine):
    first = add(revocations, WHOLE)[1]
    spelled = replace(WHOLE, number=CertificateNumber("1f3a", "cn=ISSUING,o=示例市 "))
    for request_id, named in (("r2", WHOLE), ("r3", NamedCertificate(NUMBER)), ("r4", spelled)):
        _, kept, already = add(revocations, named, request_id, RevocationReason.SUPERSEDED)
        assert (kept, already) == (first, True)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(revoked_certificate)).scalar_one() == 1


def test_what_was_known_by_its_hash_alone_is_kept_anew_with_its_number(revocations):
    """The hash does not say the number, and the next look may be by that."""
    add(revocations, NamedCertificate(sha256=WHOLE.sha256))
    _, kept, already = add(revocations, WHOLE, "r2")
    assert (kept.number, already) == (2, False)
    assert add(revocations, NamedCertificate(sha256=WHOLE.sha256), "r3")[1:] == (revocations.after(0)[0], True)


def test_the_same_number_of_another_authority_is_another_certificate(revocations):
    add(revocations, NamedCertificate(NUMBER))
    _, kept, already = add(revocations, NamedCertificate(replace(NUMBER, issuer="CN=Elsewhere")), "r2")
    assert (kept.number, already) == (2, False)


@pytest.mark.parametrize("first", [True, False])
def test_the_same_request_is_answered_alike_however_often_it_is_sent(revocations, first):
    if not first:
        add(revocations, WHOLE, "r0")
    done = add(revocations, WHOLE)
    assert done[2] is not first
    assert add(revocations, WHOLE) == done
    assert add(revocations, WHOLE, "r2")[2], "which it is to any other"
    assert add(revocations, WHOLE) == done


def test_a_request_id_is_for_one_content_and_one_agency(revocations):
    add(revocations, WHOLE)
    with pytest.raises(RequestIdReusedError):
        add(revocations, WHOLE, digest="another")
    with pytest.raises(RequestIdReusedError):
        add(revocations, WHOLE, agency="tourism")


@pytest.mark.parametrize("change", [{"reason": 6}, {"reason": 0}, {"serial": "", "sha256": ""}])
def test_a_row_that_cannot_be_understood_is_never_passed_over(revocations, engine, change):
    add(revocations, WHOLE)
    with writing(engine) as connection:
        connection.execute(update(revoked_certificate).values(**change))
    with pytest.raises(ContentError):
        revocations.after(0)
