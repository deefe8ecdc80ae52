"""What the proxy before the gateway says of who called it: its word alone, once, whole, and with its key."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from certificates import make_authority, make_leaf

from gateway.rpc.edge_terms import ADDRESS, CERTIFICATES, GROUP, HEADERS, KEY, TLS
from gateway.rpc.forwarded import ForwardedPeer, certificates

PROXY = "k" * 32
SOCKET = "unix:1"
ISSUER = make_authority(name="issuing")
LEAF = make_leaf(ISSUER)
OTHER = make_leaf(ISSUER)
HASH = "0" * 64


def element(*pems):
    return f'Hash={HASH};Chain="{quote(b"".join(pems).decode(), safe="")}"'


def said(**changes):
    return {
        CERTIFICATES: element(LEAF.leaf_pem, ISSUER.leaf_pem),
        KEY: PROXY,
        ADDRESS: "192.0.2.7:4711",
        TLS: "TLSv1.3",
        GROUP: "X25519MLKEM768",
        **changes,
    }


def told(metadata):
    context = SimpleNamespace(
        invocation_metadata=lambda: metadata, peer=lambda: SOCKET, auth_context=lambda: {"x509_pem_cert": [b"forged"]}
    )
    return ForwardedPeer(PROXY)(context)


def test_who_called_the_proxy_is_told_as_a_handshake_would_tell_it():
    auth, peer = told([*said().items(), ("user-agent", "grpc")])

    assert peer == "ipv4:192.0.2.7:4711"
    assert auth == {
        "x509_pem_cert": (LEAF.leaf_pem,),
        "x509_pem_cert_chain": (ISSUER.leaf_pem,),
        "ssl_tls_version": (b"TLSv1.3",),
        "ssl_negotiated_key_exchange_group": (b"X25519MLKEM768",),
    }
    assert told(said(**{ADDRESS: "[2001:db8::7]:4711"}).items())[1] == "ipv6:[2001:db8::7]:4711"


def test_without_any_one_of_its_headers_nobody_called():
    for name in HEADERS:
        left = [(key, value) for key, value in said().items() if key != name]
        assert told(left) == ({}, SOCKET), name
    assert told(None) == ({}, SOCKET)


def test_with_any_one_of_its_headers_twice_nobody_called_whichever_comes_first():
    for name, value in said().items():
        for other in (value, "forged"):
            assert told([*said().items(), (name, other)]) == ({}, SOCKET), name
            assert told([(name, other), *said().items()]) == ({}, SOCKET), name


@pytest.mark.parametrize("key", ["", "k" * 31, "k" * 33, "K" * 32, "ключ"])
def test_with_another_key_nobody_called(key):
    assert told(said(**{KEY: key}).items()) == ({}, SOCKET)


def test_a_key_that_could_be_guessed_is_none():
    with pytest.raises(ValueError, match="fewer than 32"):
        ForwardedPeer("k" * 31)


MALFORMED = {
    "nothing": "",
    "two elements": element(LEAF.leaf_pem) + "," + element(OTHER.leaf_pem),
    "an element of another proxy before it": "By=spiffe://shiyan.example/proxy;" + element(LEAF.leaf_pem),
    "two chains": element(LEAF.leaf_pem) + f';Chain="{quote(OTHER.leaf_pem.decode(), safe="")}"',
    "a certificate by another name": element(LEAF.leaf_pem).replace("Chain", "Cert"),
    "no hash": element(LEAF.leaf_pem).partition(";")[2],
    "no quotes": element(LEAF.leaf_pem).replace('"', ""),
    "an escaped quote": element(LEAF.leaf_pem).replace('Chain="', 'Chain="\\"'),
    "no certificate": element(b"spiffe://shiyan.example/agency/x/y"),
    "half a certificate": element(LEAF.leaf_pem[:200]),
    "a line break": element(LEAF.leaf_pem) + "\n",
}


@pytest.mark.parametrize("which", MALFORMED)
def test_what_is_no_one_whole_element_names_nobody(which):
    assert told(said(**{CERTIFICATES: MALFORMED[which]}).items()) == ({}, SOCKET)


def test_a_leaf_that_sent_nothing_else_has_an_empty_chain():
    assert certificates(element(LEAF.leaf_pem)) == (LEAF.leaf_pem, b"")
