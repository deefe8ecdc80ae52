"""The folder of a conformance test: certificates for both sides of the adapter, and what it must be configured with.

::

    <folder>/conformance.json        for whoever configures an adapter, and for the kit when it plays
             adapter-NAME.toml       the same as the settings of our own side-car
             gateway-side/           authority, the scripted gateway's certificate, the adapter's as its caller
             asking-side/            authority, the adapter's certificate as a server, the deciding system's
             impostor/               another authority, whose gateway no adapter may believe

Keys are mode 0600 and unencrypted; they are good for a test and for nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.conformance.areas import AREAS
from gateway.conformance.errors import ConformanceError
from gateway.conformance.serving import Identity
from gateway.security.crl import issue_crl
from gateway.security.pki import PkiError, init_authority, issue_client, issue_server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from gateway.conformance.areas import TestArea

FILE: Final = "conformance.json"
TRUST_DOMAIN: Final = "conformance.example"
DAYS: Final = 90
CASE_REF: Final = "CK-[0-9a-f]{8}-[0-9]{1,6}"
"""What the case numbers of the kit look like."""
VERSION: Final = 1
_ADAPTER: Final = "gateway-side/clients/adapter-under-test.asking-system"
_ASKER: Final = "asking-side/clients/deciding-system.asking-system"
_AGE_LIMIT: Final = 30


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a folder says.

    Attributes:
        folder: The folder.
        area: The area whose adapter is tested.
        listen: ``host:port`` at which the scripted gateway listens.
        target: ``host:port`` at which the adapter reaches it.
        deadline_seconds: The adapter's deadline for one call.
    """

    folder: Path
    area: TestArea
    listen: str
    target: str
    deadline_seconds: float

    @property
    def gateway(self) -> Identity:
        """The scripted gateway as the adapter must know it."""
        return self._identity("gateway-side")

    @property
    def impostor(self) -> Identity:
        """The same address under an authority that the adapter was never told of; it lets the adapter in."""
        return self._identity("impostor")

    @property
    def asker(self) -> tuple[Path, Path, Path]:
        """Authorities of the adapter's certificate; certificate and key of the deciding system."""
        return (
            self.folder / "asking-side" / "ca-bundle.pem",
            self.folder / f"{_ASKER}.pem",
            self.folder / f"{_ASKER}.key",
        )

    def _identity(self, side: str) -> Identity:
        server, callers = self.folder / side, self.folder / "gateway-side" / "ca-bundle.pem"
        return Identity(server / "server.pem", server / "server.key", callers)


def prepare(
    prepared: Prepared, adapter_listen: str, names: Sequence[str], now: datetime, *, force: bool = False
) -> tuple[Path, ...]:
    """Write the folder, and return what somebody who configures an adapter has to read.

    Args:
        prepared: What it is to say.
        adapter_listen: ``host:port`` at which our own side-car would be asked.
        names: Further names of the adapter's host and of this one.
        now: The present.
        force: Replace what is there.

    Raises:
        ConformanceError: Something is there already or cannot be written; the message names it.
    """
    folder = prepared.folder
    try:
        for side in ("gateway-side", "asking-side", "impostor"):
            init_authority(folder / side, TRUST_DOMAIN, now, force=force)
            issue_server(folder / side, names, DAYS, now, force=force)
        for side, agency in (("gateway-side", "adapter-under-test"), ("asking-side", "deciding-system")):
            issue_client(folder / side, agency, "asking-system", None, DAYS, now, force=force)
        files = [folder / FILE]
        files[0].write_text(json.dumps(_said(prepared), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        issue_crl(folder / "asking-side", DAYS, now)
        files.append(folder / f"adapter-{prepared.area.name}.toml")
        files[1].write_text(_sidecar(prepared, adapter_listen), encoding="utf-8")
    except PkiError as error:
        raise ConformanceError(str(error)) from error
    except OSError as error:
        raise ConformanceError(f"{error.filename}: {error.strerror}") from error
    return tuple(files)


def load(folder: Path) -> Prepared:
    """Read what ``prepare`` wrote.

    Raises:
        ConformanceError: It is no such folder, of another version, or changed beyond use; the message names the file.
    """
    file = folder / FILE
    try:
        said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        version, area = said["version"], AREAS[said["area"]]
        listen, target = said["scripted_gateway"]["listen"], said["gateway"]["target"]
        deadline = said["gateway"]["deadline_seconds"]
    except OSError as error:
        raise ConformanceError(f"{file}: {error.strerror}; `jsg conformance prepare` writes it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConformanceError(f"{file}: it is none of `jsg conformance prepare`: {error}") from error
    if version != VERSION:
        raise ConformanceError(f"{file}: version {version} is not {VERSION}; prepare it anew")
    if not (isinstance(listen, str) and isinstance(target, str)):
        raise ConformanceError(f"{file}: scripted_gateway.listen and gateway.target: texts are expected")
    if not isinstance(deadline, int | float) or not deadline > 0:
        raise ConformanceError(f"{file}: gateway.deadline_seconds: a number above 0 is expected")
    return Prepared(folder, area, listen, target, float(deadline))


def _said(prepared: Prepared) -> dict[str, Any]:
    return {
        "version": VERSION,
        "area": prepared.area.name,
        "mode": "enforce",
        "case_ref": CASE_REF,
        "age_limits_days": _AGE_LIMIT,
        "scripted_gateway": {"listen": prepared.listen},
        "gateway": {
            "target": prepared.target,
            "server_name": "localhost",
            "ca_file": "gateway-side/ca-bundle.pem",
            "certificate": f"{_ADAPTER}.pem",
            "key": f"{_ADAPTER}.key",
            "deadline_seconds": prepared.deadline_seconds,
        },
        "listen": {
            "certificate": "asking-side/server.pem",
            "key": "asking-side/server.key",
            "client_authorities": "asking-side/ca-bundle.pem",
        },
        "ask": {"ca_file": "asking-side/ca-bundle.pem", "certificate": f"{_ASKER}.pem", "key": f"{_ASKER}.key"},
    }


def _sidecar(prepared: Prepared, listen: str) -> str:
    name = prepared.area.name
    limits = "\n".join(f"{each} = {_AGE_LIMIT}" for each in prepared.area.age_limits)
    return f"""# Our own side-car before the scripted gateway:
# jsg --state FOLDER adapter {name} --file FOLDER/adapter-{name}.toml

[adapter]
mode = "enforce"
officer = "conformance"
journal = "adapter.sqlite"
upkeep_seconds = 1
case_ref = "{CASE_REF}"
fetches_endings = true

[gateway]
target = "{prepared.target}"
server_name = "localhost"
ca_file = "gateway-side/ca-bundle.pem"
certificate = "{_ADAPTER}.pem"
key = "{_ADAPTER}.key"
deadline_seconds = {max(1, round(prepared.deadline_seconds))}

[listen]
address = "{listen}"
certificate = "asking-side/server.pem"
key = "asking-side/server.key"
client_authorities = "asking-side/issuing.pem"
client_revocations = "asking-side/revoked.crl.pem"

[age_limits_days]
{limits}
"""
