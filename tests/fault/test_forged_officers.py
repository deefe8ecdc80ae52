"""Attacks on the word for an officer, against what verifies it: each is refused with the reason that it deserves."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from assertions import AUDIENCE, KID, claims_of, compact, encoded, public_pem, signed
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.domain.agencies import Agency, Role
from gateway.domain.errors import OfficerAssertionRejectedError
from gateway.domain.officers import AssertedOfficer, AssertionFault, AssertionLimits, OfficerKey
from gateway.security.officer_assertion import MOST_CHARACTERS, OfficerAssertions
from gateway.services.ports.identity import SignedCall

NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
AT = NOW.timestamp()
PATH = "/jointsanctions.v1.CreditService/CheckEligibility"
REQUEST = b"the bytes of a request"
KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)


def agency(name="trading", *keys):
    registered = tuple(OfficerKey(kid, public_pem(key)) for kid, key in keys or ((KID, KEY),))
    return Agency(
        agency_id=name,
        name_zh="甲",
        name_en="a",
        role=Role.ASKING_SYSTEM,
        territory="420300",
        officer_keys=registered,
    )


def call(who=None, now=NOW, **changed):
    digest = claims_of("x", PATH, changed.get("request", REQUEST), 0)["request_sha256"]
    return SignedCall(who or agency(), changed.get("path", PATH), digest, now)


def claims(**changed):
    return claims_of("trading", PATH, REQUEST, AT, **changed)


def verifier(**limits):
    return OfficerAssertions(AUDIENCE, AssertionLimits(**limits))


def why(assertion, about=None, verify=None):
    """Return why an assertion is refused; fails when it is accepted."""
    with pytest.raises(OfficerAssertionRejectedError) as caught:
        (verify or verifier()).verify(assertion, about or call())
    return caught.value.metadata["why"]


def header(**fields):
    return json.dumps({"alg": "ES256", "kid": KID, **fields}).encode()


@pytest.mark.parametrize("key", [KEY, RSA_KEY], ids=["ES256", "PS256"])
def test_an_honest_assertion_names_its_officer_its_key_and_its_nonce(key):
    about = call(agency("trading", (KID, key)))
    told = claims(sub="李伟", jti="n" * 22)
    assert verifier().verify(signed(key, told, typ="JWT"), about) == AssertedOfficer("李伟", KID, "n" * 22)


def test_the_key_that_the_header_names_is_the_one_that_counts():
    two = agency("trading", ("old", STRANGERS), (KID, KEY))
    assert verifier().verify(signed(KEY, claims()), call(two)).kid == KID
    assert verifier().verify(signed(STRANGERS, claims(), kid="old"), call(two)).kid == "old"
    assert why(signed(KEY, claims(), kid="old"), call(two)) == "SIGNATURE"


FORGED = {
    "no algorithm": (signed(None, claims(), alg="none"), "ALGORITHM"),
    "no algorithm, spelt otherwise": (signed(None, claims(), alg="nOnE"), "ALGORITHM"),
    "the public key as a secret": (signed(public_pem(KEY), claims(), alg="HS256"), "ALGORITHM"),
    "the public key as a secret, said to be ours": (signed(public_pem(KEY), claims()), "SIGNATURE"),
    "another algorithm than the key's": (signed(RSA_KEY, claims()), "ALGORITHM"),
    "an older padding": (signed(KEY, claims(), alg="RS256"), "ALGORITHM"),
    "an algorithm that is no text": (signed(KEY, claims(), alg=["ES256"]), "ALGORITHM"),
    "a key of nobody": (signed(STRANGERS, claims()), "SIGNATURE"),
    "the name of no key": (signed(KEY, claims(), kid="desk-2"), "KEY_UNKNOWN"),
    "a name that is a path": (signed(KEY, claims(), kid="../../dev/null"), "KEY_UNKNOWN"),
    "a name that is no text": (signed(KEY, claims(), kid={"k": 1}), "KEY_UNKNOWN"),
    "no name": (compact(KEY, b'{"alg":"ES256"}', json.dumps(claims()).encode()), "KEY_UNKNOWN"),
    "an extension that must be understood": (signed(KEY, claims(), crit=["exp"]), "HEADER"),
    "a key in the header": (signed(STRANGERS, claims(), jwk={"kty": "EC"}), "HEADER"),
    "a place to fetch a key from": (signed(KEY, claims(), jku="https://keys.example"), "HEADER"),
    "a certificate in the header": (signed(KEY, claims(), x5c=["MII"]), "HEADER"),
    "an unencoded payload": (signed(KEY, claims(), b64=False), "HEADER"),
    "a type of its own": (signed(KEY, claims(), typ="at+jwt"), "HEADER"),
    "an algorithm that stands twice": (
        compact(KEY, b'{"alg":"none","kid":"desk-1","alg":"ES256"}', json.dumps(claims()).encode()),
        "MALFORMED",
    ),
    "two officers": (signed(KEY, json.dumps(claims()).encode()[:-1] + b',"sub":"wang"}'), "MALFORMED"),
    "another agency": (signed(KEY, claims(iss="housing")), "ISSUER"),
    "another gateway": (signed(KEY, claims(aud="wuhan.example")), "AUDIENCE"),
    "several gateways": (signed(KEY, claims(aud=[AUDIENCE, "wuhan.example"])), "CLAIMS"),
    "another method": (signed(KEY, claims(method=PATH.replace("Check", "BatchCheck"))), "METHOD"),
    "another request": (signed(KEY, claims(request_sha256="0" * 64)), "REQUEST"),
    "the hash in capitals": (signed(KEY, claims(request_sha256=claims()["request_sha256"].upper())), "REQUEST"),
    "from the future": (signed(KEY, claims(iat=int(AT) + 6, exp=int(AT) + 60)), "NOT_YET_VALID"),
    "expired": (signed(KEY, claims(iat=int(AT) - 60, exp=int(AT) - 5)), "EXPIRED"),
    "living too long": (signed(KEY, claims(exp=int(AT) + 121)), "LIFE"),
    "dead when it is born": (signed(KEY, claims(exp=int(AT))), "LIFE"),
    "ending before it begins": (signed(KEY, claims(exp=int(AT) - 1)), "LIFE"),
    "an instant that is no number": (signed(KEY, claims(exp=str(int(AT) + 60))), "CLAIMS"),
    "an instant that is a fraction": (signed(KEY, claims(iat=AT + 0.5)), "CLAIMS"),
    "an instant that is true": (signed(KEY, claims(iat=True)), "CLAIMS"),
    "an instant beyond all time": (signed(KEY, claims(iat=10**300, exp=10**300 + 1)), "CLAIMS"),
    "an instant that is infinite": (signed(KEY, json.dumps(claims(exp=float("inf"))).encode()), "MALFORMED"),
    "a nonce that can be guessed": (signed(KEY, claims(jti="n" * 21)), "CLAIMS"),
    "a nonce that is long": (signed(KEY, claims(jti="n" * 65)), "CLAIMS"),
    "a claim that we do not know": (signed(KEY, claims(act={"sub": "wang"})), "CLAIMS"),
    "an officer without a name": (signed(KEY, claims(sub=" ")), "OFFICER"),
    "an officer with a long name": (signed(KEY, claims(sub="李" * 22)), "OFFICER"),
    "an officer with a line break": (signed(KEY, claims(sub="li\nwei")), "OFFICER"),
    "an officer of half a character": (signed(KEY, claims(sub="\ud800")), "OFFICER"),
    "an officer that is no text": (signed(KEY, claims(sub=7)), "CLAIMS"),
    "claims that are a list": (signed(KEY, b"[]"), "MALFORMED"),
    "claims that are no text": (signed(KEY, b"\xff\xfe"), "MALFORMED"),
    "brackets without an end": (signed(KEY, b"[" * 2_500), "MALFORMED"),
    "objects without an end": (signed(KEY, b'{"a":' * 300 + b"1" + b"}" * 300), "CLAIMS"),
    "nothing": ("", "MALFORMED"),
    "two parts": ("e30.e30", "MALFORMED"),
    "four parts": (signed(KEY, claims()) + ".e30", "MALFORMED"),
    "no signature": (signed(KEY, claims()).rpartition(".")[0] + ".", "SIGNATURE"),
    "half a signature": (signed(KEY, claims())[:-46], "SIGNATURE"),
    "padding": (signed(KEY, claims()) + "==", "MALFORMED"),
    "the other alphabet": (compact(KEY, header(), b'{"a":"???>>>"}').replace("_", "/"), "MALFORMED"),
    "letters of another script": ("еуJ." + signed(KEY, claims()), "MALFORMED"),
    "a line break": (signed(KEY, claims()) + "\n", "MALFORMED"),
    "more than any is long": ("e" * (MOST_CHARACTERS + 1), "OVERSIZE"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_what_is_forged_is_refused_with_its_reason(forged):
    assertion, reason = FORGED[forged]
    assert why(assertion) == reason


@pytest.mark.parametrize("claim", claims())
def test_an_assertion_without_one_of_its_claims_is_none(claim):
    assert why(signed(KEY, claims(**{claim: None}))) == "CLAIMS"


def test_the_signature_in_the_form_of_other_libraries_is_not_accepted():
    """Two spellings of one signature would be two assertions of one nonce, to whoever compares them as texts."""
    head = f"{encoded(header())}.{encoded(json.dumps(claims()).encode())}"
    der = KEY.sign(head.encode(), ec.ECDSA(SHA256()))
    assert why(f"{head}.{encoded(der)}") == "SIGNATURE"


def test_a_signature_with_a_zero_before_its_second_number_is_not_accepted():
    body, _, sign = signed(KEY, claims()).rpartition(".")
    raw = base64.urlsafe_b64decode(sign + "==")
    assert why(f"{body}.{encoded(raw[:32] + bytes(1) + raw[32:])}") == "SIGNATURE"


def test_a_second_spelling_of_the_same_bytes_is_not_accepted():
    good = signed(KEY, claims())
    body, _, sign = good.rpartition(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = sign[:-1] + alphabet[alphabet.index(sign[-1]) ^ 1]
    assert base64.urlsafe_b64decode(other + "==") == base64.urlsafe_b64decode(sign + "==")
    assert why(f"{body}.{other}") == "MALFORMED"


def test_another_agencys_key_does_not_speak_for_this_one():
    housing = agency("housing", (KID, STRANGERS))
    assert why(signed(STRANGERS, claims())) == "SIGNATURE"
    assert why(signed(KEY, claims()), call(housing)) == "SIGNATURE"
    assert why(signed(STRANGERS, claims()), call(housing)) == "ISSUER"


def test_an_agency_without_a_key_has_nobody_who_could_speak():
    bare = Agency(agency_id="trading", name_zh="甲", name_en="a", role=Role.BANK, territory="420300")
    assert why(signed(KEY, claims()), call(bare)) == "KEY_UNKNOWN"


def test_a_key_that_is_no_public_key_speaks_for_nobody():
    broken = Agency(
        agency_id="trading",
        name_zh="甲",
        name_en="a",
        role=Role.BANK,
        territory="420300",
        officer_keys=(OfficerKey(KID, b"-----BEGIN PUBLIC KEY-----"),),
    )
    assert why(signed(KEY, claims()), call(broken)) == "KEY_UNKNOWN"


def test_an_assertion_is_good_once():
    verify, assertion = verifier(), signed(KEY, claims())
    verify.verify(assertion, call())
    assert why(assertion, verify=verify) == "REPLAYED"
    assert why(signed(KEY, claims(jti="n" * 22)), call(path="/x"), verify) == "METHOD"


def test_a_nonce_is_used_once_whatever_else_is_signed_with_it():
    verify = verifier()
    verify.verify(signed(KEY, claims(jti="n" * 22)), call())
    other = claims_of("trading", PATH, b"another", AT, jti="n" * 22)
    assert why(signed(KEY, other), call(request=b"another"), verify) == "REPLAYED"


def test_two_agencies_may_use_the_same_nonce():
    verify, housing = verifier(), agency("housing", (KID, STRANGERS))
    verify.verify(signed(KEY, claims(jti="n" * 22)), call())
    theirs = claims_of("housing", PATH, REQUEST, AT, jti="n" * 22)
    assert verify.verify(signed(STRANGERS, theirs), call(housing)).nonce == "n" * 22


def test_what_is_refused_uses_no_nonce():
    verify = verifier()
    assert why(signed(KEY, claims(jti="n" * 22, aud="x")), verify=verify) == "AUDIENCE"
    assert verify.verify(signed(KEY, claims(jti="n" * 22)), call()).nonce == "n" * 22


def test_a_replay_is_refused_until_the_last_moment_in_which_the_assertion_is_accepted():
    verify, assertion = verifier(), signed(KEY, claims())
    verify.verify(assertion, call())
    last = NOW + timedelta(seconds=64, milliseconds=999)
    assert verifier().verify(assertion, call(now=last)).kid == KID
    assert why(assertion, call(now=last), verify) == "REPLAYED"
    assert why(assertion, call(now=NOW + timedelta(seconds=65)), verify) == "EXPIRED"


def test_a_clock_that_ran_ahead_and_is_put_back_makes_no_nonce_new():
    verify, assertion = verifier(), signed(KEY, claims())
    verify.verify(assertion, call())
    ahead = claims_of("trading", PATH, REQUEST, AT + 600)
    verify.verify(signed(KEY, ahead), call(now=NOW + timedelta(minutes=10)))
    assert why(assertion, verify=verify) == "REPLAYED"


def test_a_nonce_is_remembered_through_the_tolerance_and_no_honest_one_is_refused_in_it():
    verify, late = verifier(), call(now=NOW + timedelta(seconds=64))
    verify.verify(signed(KEY, claims()), call())
    assert verify.verify(signed(KEY, claims()), late).kid == KID


def test_an_agency_that_uses_too_many_nonces_is_refused_and_no_other_is():
    verify, housing = verifier(nonces=3), agency("housing", (KID, STRANGERS))
    for _ in range(3):
        verify.verify(signed(KEY, claims()), call())
    assert why(signed(KEY, claims()), verify=verify) == "NONCES_FULL"
    verify.verify(signed(STRANGERS, claims_of("housing", PATH, REQUEST, AT)), call(housing))
    later = NOW + timedelta(seconds=66)
    fresh = claims_of("trading", PATH, REQUEST, later.timestamp())
    assert verify.verify(signed(KEY, fresh), call(now=later)).kid == KID


def test_a_nonce_that_lives_long_does_not_keep_those_that_die_before_it():
    verify, later = verifier(nonces=2), call(now=NOW + timedelta(seconds=20))
    verify.verify(signed(KEY, claims(exp=int(AT) + 120)), call())
    verify.verify(signed(KEY, claims(exp=int(AT) + 10)), call())
    assert verify.verify(signed(KEY, claims(exp=int(AT) + 120)), later).kid == KID


def test_the_tolerance_and_the_life_are_those_of_the_deployment():
    strict = verifier(tolerance=timedelta(0), longest_life=timedelta(seconds=30))
    assert why(signed(KEY, claims()), verify=strict) == "LIFE"
    assert why(signed(KEY, claims(iat=int(AT) + 1, exp=int(AT) + 9)), verify=strict) == "NOT_YET_VALID"
    assert why(signed(KEY, claims(iat=int(AT) - 9, exp=int(AT))), verify=strict) == "EXPIRED"
    assert strict.verify(signed(KEY, claims(exp=int(AT) + 30)), call()).kid == KID


@pytest.mark.parametrize(
    ("name", "value"),
    [("tolerance", timedelta(seconds=-1)), ("longest_life", timedelta(0)), ("nonces", 0)],
)
def test_limits_with_which_nothing_could_be_told_are_none(name, value):
    with pytest.raises(ValueError, match=f"^{name}: "):
        AssertionLimits(**{name: value})


def test_every_fault_is_met_by_an_attack():
    """Missing, doubled and about another officer are faults of a call: they are met over the wire."""
    met = {reason for _, reason in FORGED.values()} | {"REPLAYED", "NONCES_FULL"}
    assert met | {"MISSING", "DUPLICATE"} == {fault.value for fault in AssertionFault}
