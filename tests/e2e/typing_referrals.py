"""``jsg referral`` as its parties type it: each command a process of its own, each party with its own certificate."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from e2e.referring import COURT, HRSS, OTHER_POLICE, POLICE, PRINCIPAL, PROCURATORATE, facts
from google.protobuf import json_format
from launcher import Launcher

from gateway.security.pki import issue_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e.served import Served

PARTIES = {"hrss": HRSS, "police": POLICE, "procuratorate": PROCURATORATE, "court": COURT, "yunxi": OTHER_POLICE}
MATERIALS = {
    "letter": ("REFERRAL_LETTER", "NONE"),
    "report": ("INVESTIGATION_REPORT", "NONE"),
    "items": ("ITEM_LIST", "NONE"),
    "approval": ("APPROVAL_FORM", "NONE"),
    "order": ("ORDER", "DOCUMENTARY"),
    "delivery": ("ORDER_DELIVERY", "DOCUMENTARY"),
    "interviews": ("WORKER_INTERVIEWS", "INTERVIEW"),
    "debtor": ("DEBTOR_DATA", "DOCUMENTARY"),
}
KILL = f"os.kill(os.getpid(), {int(signal.SIGKILL)})"


@dataclass(frozen=True)
class Typed:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """A folder from which commands are typed against one gateway."""

    served: Served
    folder: Path
    launcher: Launcher
    port: int = 0
    """Where the gateway is reached; 0: where it listens."""

    def __post_init__(self) -> None:
        """Issue the certificate of the principal, as a person's own."""
        pki = self.served.place.state / "pki"
        if not (pki / "clients" / f"{PRINCIPAL}.pem").exists():
            agency, role, holder = PRINCIPAL.split(".")
            issue_client(pki, agency, role, holder, 90, datetime.now(UTC))
        (self.folder / "document.pdf").write_bytes(b"a document")
        whole = json_format.MessageToDict(facts(), preserving_proto_field_name=True)
        (self.folder / "facts.json").write_text(json.dumps(whole), encoding="utf-8")

    def words(self, *words: object) -> list[str]:
        """Return the whole command line; ``yunxi`` is no party of client.toml, and so typed as whose certificate."""
        typed = [str(each) for each in words]
        caller = []
        if "yunxi" in typed:
            at = typed.index("yunxi")
            del typed[at - 1 : at + 1]
            caller = ["--as", OTHER_POLICE]
        return [*self.gateway_words(), *caller, "referral", *typed]

    def gateway_words(self) -> list[str]:
        """Return what every command line begins with: which gateway it is about."""
        place = self.served.place
        return [
            *("--config", str(place.config), "--state", str(place.state)),
            *("--address", f"127.0.0.1:{self.port or self.served.port}"),
        ]

    def over(self, port: int) -> Desk:
        """Return the same desk with its line to the gateway over another port."""
        return replace(self, port=port)

    def type(self, *words: object, patch: str = "") -> Typed:
        """Run a command in a process of its own; *patch* is run there before, such as what kills it midway."""
        words = self.words(*words)
        return self.typed_away(*words, patch=patch) if patch else self.run(*words)

    def typed_away(self, *words: object, patch: str = "") -> Typed:
        """Run a whole command line as ``type`` does, without this desk's configuration and address."""
        line = [str(word) for word in words]
        program = f"import sys, os; from gateway.cli.main import main\n{patch}\nsys.exit(main({line!r}))"
        made = subprocess.run(
            [sys.executable, "-P", "-c", program], timeout=3600, check=False, capture_output=True, text=True
        )
        return Typed(made.returncode, made.stdout, made.stderr)

    def run(self, *words: object) -> Typed:
        """Run any command of ``jsg`` in a process of its own, which is forked with everything imported."""
        return Typed(*self.launcher.run(*words, told=self.folder / "told"))

    def done(self, *words: object) -> str:
        """Run a command that must succeed, and return what it printed."""
        typed = self.type(*words)
        assert typed.code == 0, (words, typed)
        return typed.out

    def stepped(self, command: str, referral_id: str, *words: object, officers: int = 1) -> str:
        """Take a step that must be possible."""
        document = (
            "--document",
            f"示〔2026〕{command}-{str(words[0]).lstrip('-') if words else ''}",
            "--document-file",
            self.folder / "document.pdf",
        )
        by = [word for number in range(officers) for word in ("--by", f"{command}-{number}")]
        return self.done(command, referral_id, *words, *document, *by, "--reasons", "依法")

    def evidence(self, name: str, materials: dict[str, tuple[str, str]] | None = None, size: int = 0) -> Path:
        """Return a folder of files to be sealed; each begins with its name and has *size* more bytes."""
        folder = self.folder / name
        folder.mkdir()
        lines = ['collected_by = "hrss-officer"', "collected_on = 2026-11-02"]
        for item, (material, kind) in (materials or MATERIALS).items():
            (folder / f"{item}.pdf").write_bytes(f"机密 {item}".encode() + os.urandom(size))
            lines += ["[[file]]", f'path = "{item}.pdf"', f'id = "{item}"', f'title = "标题 {item}"']
            lines += [f'material = "{material}"', f'evidence = "{kind}"', 'media_type = "application/pdf"']
        (folder / "dossier.toml").write_text("\n".join(lines), encoding="utf-8")
        return folder

    def publish(self, *parties: str) -> None:
        """Make and publish a key of each party."""
        for party in parties:
            self.done("key", "--party", party)

    def approved(self, referral_id: str) -> None:
        """Open, report and approve a case."""
        self.stepped("open", referral_id, "--facts", self.folder / "facts.json", "--report", officers=2)
        self.stepped("approve", referral_id, "approval")

    def sent(self, referral_id: str, evidence: Path) -> str:
        """Bring a case to the police, and return what the last command printed."""
        self.approved(referral_id)
        self.done("seal", referral_id, evidence)
        self.done("upload", referral_id)
        return self.stepped("send", referral_id, "--police", "public-security", "--procuratorate", "procuratorate")

    def opened(self, referral_id: str, party: str) -> dict[str, bytes]:
        """Download as a party, and return the files by their names."""
        folder = self.folder / f"{party}-{referral_id}"
        self.done("download", referral_id, folder, "--party", party)
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    def place(self, party: str) -> Path:
        """Return where a party keeps what is its own."""
        return self.served.place.state / "referrals" / PARTIES[party]


@contextmanager
def desk_at(served: Served, folder: Path) -> Iterator[Desk]:
    """Begin a desk in the empty *folder*; what forks its commands ends with it."""
    with (folder / "complaints").open("wb") as log:
        launcher = Launcher(log)
        try:
            yield Desk(served, folder, launcher)
        finally:
            launcher.close()
