"""Assertions of officers for tests, good and hostile: every part can be set to what an honest sign-on never signs.

Independent of ``adapters.officers`` and of the gateway's verifier, so that a fault there is not repeated here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUDIENCE = "shiyan.example"
KID = "desk-1"
_numbers = itertools.count()


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signature(key, content):
    """Sign as the kind of key does: ECDSA as two numbers, RSA with PSS, bytes by an HMAC, None not at all."""
    if key is None:
        return b""
    if isinstance(key, bytes):
        return hmac.digest(key, content, "sha256")
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    r, s = decode_dss_signature(key.sign(content, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def claims_of(agency, path, request, now, **changed):
    """Return the claims of a good assertion with *changed* replaced; None takes one out."""
    good = {
        "iss": agency,
        "sub": "li.wei",
        "aud": AUDIENCE,
        "iat": int(now),
        "exp": int(now) + 60,
        "jti": f"nonce-{next(_numbers):020}",
        "request_sha256": hashlib.sha256(request).hexdigest(),
        "method": path,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(key, claims, **header):
    """Return a compact JWS of *claims*, an object or bytes; *header* is added to the good one."""
    head = {"alg": "PS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256", "kid": KID, **header}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return compact(key, json.dumps(head).encode(), payload)


def compact(key, header, payload):
    content = f"{encoded(header)}.{encoded(payload)}"
    return f"{content}.{encoded(signature(key, content.encode()))}"
