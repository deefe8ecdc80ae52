"""Two agencies with registered keys for their officers, one that asks and one that submits; and calls in their name.

The gateway at which they are registered is the fixture ``vouched``.
"""

from __future__ import annotations

import time

from assertions import KID, claims_of, public_pem, signed
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from e2e.served import BIDDING, HRSS, outcome_of

METADATA = "jsg-officer-assertion"
KEYS = {who: ec.generate_private_key(ec.SECP256R1()) for who in (BIDDING, HRSS)}


def register(place):
    """Register the keys at the gateway of *place*, and let its commands sign with them."""
    agencies, client = place.config / "agencies.toml", place.config / "client.toml"
    named = agencies.read_text(encoding="utf-8")
    said = client.read_text(encoding="utf-8") + "\n[client.officers]\n"
    for who, key in KEYS.items():
        agency, role = who.split(".")
        head = f'id = "{agency}"\nrole = "{role}"\n'
        assert named.count(head) == 1
        named = named.replace(head, f'{head}officer_keys = [{{ kid = "{KID}", file = "{who}.pub" }}]\n')
        said += f'"{who}" = {{ kid = "{KID}", key = "{who}.officers", gateway = "shiyan.example" }}\n'
        (place.state / f"{who}.pub").write_bytes(public_pem(key))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (place.state / f"{who}.officers").write_bytes(private)
    agencies.write_text(named, encoding="utf-8")
    client.write_text(said, encoding="utf-8")


def vouch(path, raw, who=BIDDING, key=None, **changed):
    """Return an assertion about a call of *who*, by its own key or by *key*."""
    return signed(key or KEYS[who], claims_of(who.split(".")[0], path, raw, time.time(), **changed))


def send(gateway, path, raw, *assertions, who=BIDDING):
    """Send bytes with so many assertions to a unary method; return what came back and the body of its entry."""
    call = gateway.channel(who).unary_unary(path, None, None)
    return _sent(gateway, call, raw, assertions)


def send_stream(gateway, path, raws, *assertions, who=HRSS):
    """The same to a method that takes a stream."""
    call = gateway.channel(who).stream_unary(path, None, None)
    return _sent(gateway, call, iter(raws), assertions)


def _sent(gateway, call, content, assertions):
    metadata = [(METADATA, assertion) for assertion in assertions]
    before = gateway.next_number()
    outcome = outcome_of(lambda sent, timeout: call(sent, timeout=timeout, metadata=metadata), content)
    return outcome, gateway.entries(before)
