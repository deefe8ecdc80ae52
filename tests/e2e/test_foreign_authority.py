"""A gateway under an authority that another tool made: openssl's own commands, configuration, and nothing of ours."""

from __future__ import annotations

import subprocess
from contextlib import closing, contextmanager

import grpc
import pytest
from e2e.served import CHECK, CONFIG, award, new_party, outcome_of

from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import upgrade_store
from gateway.cli.local_city import Place, serving

pytestmark = pytest.mark.xdist_group("processes")

DOMAIN = "trust.city.example"
BIDDING = "public-resources-trading"
OFFICE = "award-office"
CONFIGURATION = f"""
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:gateway.city.example, DNS:localhost, IP:127.0.0.1
authorityKeyIdentifier = keyid
[{BIDDING}]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = URI:spiffe://{DOMAIN}/agency/{BIDDING}/asking-system
authorityKeyIdentifier = keyid
[{OFFICE}]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = URI:spiffe://{DOMAIN}/agency/{OFFICE}/asking-system
authorityKeyIdentifier = keyid
[ca]
default_ca = city
[city]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 7
"""
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


class Authority:
    """A root and an issuing authority in a folder, worked with openssl's commands."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        (folder / "city.cnf").write_text(CONFIGURATION, encoding="utf-8")
        (folder / "index.txt").touch()
        (folder / "crlnumber").write_text("01\n", encoding="ascii")
        self("req", "-x509", *CURVE, "-noenc", "-keyout", "root.key", "-out", "root.pem", "-days", "365",
             "-subj", "/CN=City root", "-config", "city.cnf", "-extensions", "root")  # fmt: skip
        self.issue("issuing", "root", CURVE)
        self.issue("server", "issuing", CURVE)
        self.issue(BIDDING, "issuing", CURVE)
        self.issue(OFFICE, "issuing", ("-newkey", "rsa:2048"))
        self.publish()

    def __call__(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)  # noqa: S607

    def issue(self, name, issuer, key):
        self("req", "-new", *key, "-noenc", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
             "-config", "city.cnf")  # fmt: skip
        self("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-days", "30",
             "-out", f"{name}.pem", "-extfile", "city.cnf", "-extensions", name)  # fmt: skip

    def publish(self, *revoked):
        """Write the issuing authority's list of revocations, with these certificates on it besides earlier ones."""
        signer = ("-config", "city.cnf", "-cert", "issuing.pem", "-keyfile", "issuing.key")
        for name in revoked:
            self("ca", *signer, "-revoke", f"{name}.pem")
        self("ca", *signer, "-gencrl", "-out", "crl.new")
        (self.folder / "crl.new").replace(self.folder / "crl.pem")

    def chained(self, name):
        """What *name* sends in a handshake."""
        return (self.folder / f"{name}.pem").read_bytes() + (self.folder / "issuing.pem").read_bytes()


@contextmanager
def gateway_under(authority, folder):
    """Serve by configuration alone; yields port and place."""
    (authority.folder / "server-chain.pem").write_bytes(authority.chained("server"))
    text = (CONFIG / "gateway.toml").read_text(encoding="utf-8")
    own = folder / "own"
    own.mkdir()
    for file in CONFIG.iterdir():
        if file.name != "gateway.toml":
            (own / file.name).symlink_to(file)
    for old, new in {
        'trust_domain = "shiyan.example"': f'trust_domain = "{DOMAIN}"',
        'certificate = "pki/server.pem"': f'certificate = "{authority.folder}/server-chain.pem"',
        'key = "pki/server.key"': f'key = "{authority.folder}/server.key"',
        'ca_bundle = "pki/ca-bundle.pem"': f'ca_bundle = "{authority.folder}/root.pem"',
        'revoked = "pki/revoked.txt"': f'revoked = "{authority.folder}/crl.pem"',
    }.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (own / "gateway.toml").write_text(text, encoding="utf-8")
    place = Place(own, folder / "var")
    upgrade_store(load_config(own, place.state).settings)
    with serving(place, "127.0.0.1:0") as (port, _):
        yield port, place


def channel_of(authority, port, who):
    credentials = grpc.ssl_channel_credentials(
        (authority.folder / "root.pem").read_bytes(),
        (authority.folder / f"{who}.key").read_bytes(),
        authority.chained(who),
    )
    options = [("grpc.ssl_target_name_override", "gateway.city.example"), ("grpc.use_local_subchannel_pool", 1)]
    return grpc.secure_channel(f"127.0.0.1:{port}", credentials, options)


def ask(channel):
    return outcome_of(channel.unary_unary(CHECK, None, None), award(new_party().uscc).SerializeToString())


def test_callers_of_another_tools_authority_are_served_and_its_own_list_revokes_them(tmp_path):
    authority = Authority(tmp_path / "authority")
    with gateway_under(authority, tmp_path) as (port, place):
        with (
            closing(channel_of(authority, port, BIDDING)) as bidding,
            closing(channel_of(authority, port, OFFICE)) as office,
        ):
            assert ask(bidding).ok
            # RSA, and asks what its mandate does not give: it is known, and judged by that.
            assert ask(office).reason == "AREA_NOT_IN_MANDATE"
            authority.publish(OFFICE)
            while (last := ask(office)).reason == "AREA_NOT_IN_MANDATE":
                pass
            assert (last.reason, "revoked" in last.text()) == ("CERTIFICATE_REJECTED", True)
            assert ask(bidding).ok
        assert '"event": "cannot use' not in (place.state / "gateway.log").read_text(encoding="utf-8")
