"""Who knows hash and size of another case's ciphertext has not its bytes: it is neither told of them nor given them."""

from __future__ import annotations

import hashlib

import pytest
from e2e.referring import HRSS, POLICE, PROCURATORATE, approved, dossier, part_of, parties, step, wrapped
from e2e.served import gateway_in
from jointsanctions.v1 import referral_pb2 as pb

pytestmark = pytest.mark.xdist_group("referrals")


@pytest.fixture(scope="module")
def referring(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("foreign"), filled=False) as gateway:
        yield parties(gateway)


@pytest.fixture(scope="module")
def made():
    return dossier()


@pytest.fixture(scope="module")
def brought(referring, made):
    """A case whose files are all there."""
    case = approved(referring)
    for item_id, sealed in made.sealed.items():
        assert referring[HRSS].upload(case, item_id, sealed).ok
    return case


@pytest.fixture
def other(referring, brought):
    """A case that has nothing, beside the one that has it all."""
    return approved(referring)


def declared(made):
    sealed = made.sealed["order"]
    return {"sealed_bytes": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}


def test_the_files_of_one_case_are_not_told_of_in_another(referring, brought, other, made):
    there = referring[HRSS].call("GetUpload", referral_id=brought, **declared(made))
    assert (there.received_bytes, there.whole) == (len(made.sealed["order"]), True)
    told = referring[HRSS].call("GetUpload", referral_id=other, **declared(made))
    assert (told.received_bytes, told.whole) == (0, False)


@pytest.mark.parametrize("part", [0, 1])
def test_who_brings_hash_and_size_without_the_bytes_registers_nothing(referring, other, made, part):
    offset = part * len(made.sealed["order"])
    outcome = referring[HRSS].upload(other, "order", b"", offset=offset, **declared(made))
    if offset:
        assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "offset")
    else:
        answer = pb.UploadEvidenceResponse.FromString(outcome.answer)
        assert (answer.received_bytes, answer.whole) == (0, False)
    keys = wrapped(made, other, [referring[HRSS], referring[POLICE]], [referring[PROCURATORATE]])
    refused = referring[HRSS].send(
        "SendReferral",
        referral_id=other,
        step=step("SENDING", int(other.rpartition("-")[2]), to_agency="public-security"),
        part=part_of(referring[HRSS], made, other, keys),
        procuratorate="procuratorate",
    )
    assert "is not uploaded whole" in refused.text()


def test_who_has_the_bytes_brings_them_for_each_case(referring, brought, other, made):
    outcome = referring[HRSS].upload(other, "order", made.sealed["order"])
    assert pb.UploadEvidenceResponse.FromString(outcome.answer).whole
    for case in (brought, other):
        assert referring[HRSS].call("GetUpload", referral_id=case, **declared(made)).whole
