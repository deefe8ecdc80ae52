"""A party that sends or fetches one sealed file over a line that breaks; it goes on until all of it is there.

It holds one message of the file at a time, and prints at its end how long that took and what memory it ever had. Run as
``bad_link_client.py PKI WHO up PORT CASE ITEM FILE SHA256`` or ``… down PORT CASE ITEM FILE``.
"""

# ruff: noqa: T201 - how it went is printed

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path

import grpc
from jointsanctions.v1 import referral_pb2 as pb

SERVICE = "/jointsanctions.v1.ReferralService/"
MESSAGE = 1 << 20
STREAM = 128 << 20
"""Sent in one stream at most: the gateway takes no more than its ``stream_mebibytes`` in one."""
PATIENCE = 300.0
BROKEN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN}


class Line:
    """A connection of one party, made anew whenever it broke."""

    def __init__(self, pki: Path, who: str, port: str) -> None:
        pair = ((pki / "clients" / f"{who}.{kind}").read_bytes() for kind in ("key", "pem"))
        self._credentials = grpc.ssl_channel_credentials((pki / "ca-bundle.pem").read_bytes(), *pair)
        self._address = f"127.0.0.1:{port}"
        self.breaks = 0

    def channel(self) -> grpc.Channel:
        options = [
            ("grpc.ssl_target_name_override", "localhost"),
            ("grpc.enable_retries", 0),
            ("grpc.use_local_subchannel_pool", 1),
        ]
        return grpc.secure_channel(self._address, self._credentials, options)

    def until_done(self, step) -> None:
        """Call *step* with a channel until it says that it is done; what a broken line ends is called anew."""
        done = False
        while not done:
            with closing(self.channel()) as channel:
                try:
                    while not done:
                        done = step(channel)
                except grpc.RpcError as error:
                    if error.code() not in BROKEN and not still_under_way(error.details() or ""):
                        raise
                    self.breaks += 1


def still_under_way(details: str) -> bool:
    """Return whether the gateway still writes what came before the line broke, so that a moment later more is there."""
    return "under way" in details or details.startswith("offset: must be")


def send(line: Line, case: str, item_id: str, file: Path, sha256: str) -> None:
    size = file.stat().st_size
    declared = {"officer": "o", "referral_id": case, "sealed_bytes": size, "sealed_sha256": sha256}

    def step(channel: grpc.Channel) -> bool:
        asked = pb.GetUploadRequest(**declared).SerializeToString()
        answer = channel.unary_unary(f"{SERVICE}GetUpload", None, None)(asked, timeout=PATIENCE)
        there = pb.GetUploadResponse.FromString(answer)
        if there.whole:
            return True

        def messages():
            first = pb.UploadEvidenceRequest(
                request_id=f"bad-link-{case}", item_id=item_id, offset=there.received_bytes, **declared
            )
            yield first.SerializeToString()
            with file.open("rb") as content:
                content.seek(there.received_bytes)
                left = STREAM
                while left and (part := content.read(MESSAGE)):
                    left -= MESSAGE
                    yield pb.UploadEvidenceRequest(content=part).SerializeToString()

        channel.stream_unary(f"{SERVICE}UploadEvidence", None, None)(messages(), timeout=PATIENCE)
        return False

    line.until_done(step)


def fetch(line: Line, case: str, item_id: str, file: Path) -> None:
    file.touch()

    def step(channel: grpc.Channel) -> bool:
        with file.open("ab") as kept:
            asked = pb.DownloadDossierRequest(officer="o", referral_id=case, item_id=item_id, offset=kept.tell())
            call = channel.unary_stream(f"{SERVICE}DownloadDossier", None, None)
            for raw in call(asked.SerializeToString(), timeout=PATIENCE):
                kept.write(pb.DownloadDossierResponse.FromString(raw).content)
        return True

    line.until_done(step)


def main(pki: str, who: str, way: str, port: str, *rest: str) -> None:
    line, began = Line(Path(pki), who, port), time.monotonic()
    case, item_id, file, *sha256 = rest
    {"up": send, "down": fetch}[way](line, case, item_id, Path(file), *sha256)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"seconds": time.monotonic() - began, "mib": peak, "breaks": line.breaks}))


if __name__ == "__main__":
    main(*sys.argv[1:])
