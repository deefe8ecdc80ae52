"""Certificate and key on the disk belong together at every instant of a renewal, killed in between or not.

The renewal runs in a process of its own, in which every step on the file system is seen before it is done
(``sys.addaudithook``): there the pair is read, or the process ends as by kill −9.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.credentials import channel_credentials
from gateway.security.issued import known_certificates
from gateway.security.pki import init_authority, issue_client, issue_server
from gateway.security.renewal import renew

CHILD = """
import json, os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from gateway.security.renewal import renew
folder, kill_at = Path(sys.argv[1]), int(sys.argv[2])
steps, seen, looking = 0, [], False
STEPS = {"open", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"}

def matched(stem):
    certificate = x509.load_pem_x509_certificates(Path(f"{stem}.pem").read_bytes())[0]
    key = load_pem_private_key(Path(f"{stem}.key").read_bytes(), None)
    return key.public_key() == certificate.public_key()

def hook(event, arguments):
    global steps, looking
    if looking or event not in STEPS or str(folder) not in str(arguments[0]):
        return
    if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_CREAT):
        return
    looking = True
    steps += 1
    seen.append(all(matched(folder / stem) for stem in ("server", "clients/hrss.producer")))
    if steps == kill_at:
        os._exit(9)
    looking = False

sys.addaudithook(hook)
renew(folder, timedelta(days=30), 90, datetime.now(UTC))
looking = True
print(json.dumps([steps, all(seen)]))
"""


@pytest.fixture(params=["plain files", "links"])
def near_its_end(request, tmp_path):
    """Make a folder in which everything is due, and all of it due again at each call."""
    made = tmp_path / "pki"
    init_authority(made, "shiyan.example", datetime.now(UTC))

    def make():
        now = datetime.now(UTC)
        issue_server(made, ["gateway.example"], 7, now, force=True)
        issue_client(made, "hrss", "producer", None, 7, now, force=True)
        if request.param == "plain files":
            # As an earlier version, or another tool, leaves them.
            for file in (*made.glob("server.*"), *made.glob("clients/hrss.*")):
                content = file.read_bytes()
                file.unlink()
                file.write_bytes(content)
            shutil.rmtree(made / ".server")
            shutil.rmtree(made / "clients" / ".hrss.producer")
        return made

    return make


def renewing(folder, kill_at=0):
    command = [sys.executable, "-c", CHILD, str(folder), str(kill_at)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def matched(folder, stem):
    certificate = x509.load_pem_x509_certificates((folder / f"{stem}.pem").read_bytes())[0]
    key = load_pem_private_key((folder / f"{stem}.key").read_bytes(), None)
    return key.public_key() == certificate.public_key()


def days_left(folder):
    now = datetime.now(UTC)
    return {known.name: known.days_left(now) for known in known_certificates(folder) if known.file}


def test_the_pair_belongs_together_before_every_step_of_a_renewal(near_its_end):
    folder = near_its_end()
    ended = renewing(folder)

    assert ended.returncode == 0, ended.stderr
    steps, always = json.loads(ended.stdout)
    assert steps > 20
    assert always
    assert min(days_left(folder).values()) == 89


def test_a_renewal_that_is_killed_before_any_step_leaves_pairs_and_is_finished_by_the_next(near_its_end):
    steps, _ = json.loads(renewing(near_its_end()).stdout)
    now = datetime.now(UTC)
    # The first of the two pairs has every kind of step.
    for kill_at in range(1, steps // 2 + 2):
        folder = near_its_end()
        assert renewing(folder, kill_at).returncode == 9
        assert matched(folder, "server")
        assert matched(folder, "clients/hrss.producer")
        assert not renew(folder, timedelta(days=30), 90, now).left
        assert min(days_left(folder).values()) == 89
        issue_server(folder, [], 90, now, force=True)
        assert len(list((folder / ".server").iterdir())) == 2, "no older key outlives the next one"


REPLACING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.security.pki import issue_client
print(flush=True)
while True:
    issue_client(Path(sys.argv[1]), "hrss", "producer", None, 7, datetime.now(UTC), force=True)
"""


def test_a_caller_that_reads_while_the_pair_is_replaced_again_and_again_never_finds_two_that_differ(tmp_path):
    init_authority(tmp_path, "shiyan.example", datetime.now(UTC))
    files = issue_client(tmp_path, "hrss", "producer", None, 7, datetime.now(UTC))
    seen = set()
    with subprocess.Popen([sys.executable, "-c", REPLACING, str(tmp_path)], stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            while len(seen) < 30:
                channel_credentials(tmp_path / "ca-bundle.pem", files.certificate, files.key)
                seen.add((files.store / "live").readlink())
        finally:
            process.kill()
