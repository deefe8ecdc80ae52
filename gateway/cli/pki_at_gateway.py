"""``jsg pki revoke --at-gateway`` and ``jsg pki list --at-gateway``: revocations that hold with every node at once.

The list in the folder is a file of one machine; this is a call, as whoever ``--as`` says, and what is revoked stays so
in the store. Who is revoked by its name loses every certificate of it that the folder knows and that has not ended.
"""

from __future__ import annotations

import json
import sys
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.json_format import MessageToDict
from jointsanctions.v1 import revocation_pb2 as pb

from adapters.errors import GatewayError
from gateway.cli.account import account
from gateway.cli.connection import client_file, connect
from gateway.cli.pki_meant import find_meant
from gateway.cli.show import local
from gateway.domain.revoked_certificates import RevocationReason
from gateway.security.pki import PkiError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from gateway.cli.pki_meant import Meant

OK, ERROR = 0, 1
REASONS: Final = {reason.name.lower().replace("_", "-"): reason for reason in RevocationReason}
"""By the word of the command line, such as ``key-compromise``."""


def add_revoke(command: argparse.ArgumentParser) -> None:
    """Add the options of ``revoke`` that are about the gateway."""
    say = "revoke it with every node at once by a call, instead of in the folder's list"
    command.add_argument("--at-gateway", action="store_true", help=say)
    command.add_argument("--document", default="", help="number of the document that orders it (at the gateway)")
    say = "who issued a serial number that the folder does not know, such as CN=…,O=… (at the gateway)"
    command.add_argument("--issuer", default="", metavar="NAME", help=say)
    say = "SHA-256 of the certificate of this very call, where that is to be revoked (at the gateway)"
    command.add_argument("--own", default="", metavar="SHA256", help=say)
    _add_officer(command)


def add_list(command: argparse.ArgumentParser) -> None:
    """Add the options of ``list`` that are about the gateway."""
    command.add_argument("--at-gateway", action="store_true", help="show what is revoked at the gateway instead")
    _add_officer(command)


def run_revoke(arguments: argparse.Namespace) -> int:
    """Revoke each that was named; 1 when one was not, and why."""
    if arguments.reason not in REASONS:
        arguments.usage(f"with --at-gateway, --reason is one of {', '.join(REASONS)}")
    if not arguments.document:
        arguments.usage("--at-gateway needs --document")
    try:
        meant = find_meant(arguments.folder, arguments.what, arguments.issuer, datetime.now(UTC))
    except PkiError as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR
    done, failed = [], False
    with connect(arguments, client_file(arguments).operations) as client:
        for each in meant:
            try:
                answer = client.admin("RevokeCertificate", _request(arguments, each), pb.RevokeCertificateResponse)
            except GatewayError as error:
                print("\n".join(_refused(each, error)), file=sys.stderr)
                failed = True
                continue
            done.append(answer)
            if not arguments.json:
                print("\n".join(_lines(answer)))
    if arguments.json:
        print(json.dumps([_plain(each) for each in done], ensure_ascii=False, indent=2))
    return ERROR if failed else OK


def run_list(arguments: argparse.Namespace) -> int:
    """Print every certificate that is revoked at the gateway, the newest first."""
    request = pb.ListRevokedCertificatesRequest(officer=arguments.officer)
    found: list[pb.RevokedCertificate] = []
    with connect(arguments, client_file(arguments).operations) as client:
        while True:
            page = client.admin("ListRevokedCertificates", request, pb.ListRevokedCertificatesResponse)
            found.extend(page.revoked)
            request.page_token = page.next_page_token
            if not request.page_token:
                break
    if arguments.json:
        print(json.dumps([_plain(each) for each in found], ensure_ascii=False, indent=2))
    else:
        print("\n".join([revoked_line(each) for each in found] or ["没有 none"]))
    return OK


def revoked_line(revoked: pb.RevokedCertificate) -> str:
    """Return one line about a revoked certificate: whose, which, why, when and by whom."""
    whose = "/".join(part for part in (revoked.agency, revoked.role, revoked.holder) if part) or "归属不明 nobody known"
    which = revoked.serial_number or f"sha256:{revoked.sha256}"
    why = RevocationReason(revoked.reason).name.lower().replace("_", "-")
    return f"{whose:<44} {which}  {why} ({revoked.document_number}), {local(revoked.revoked_at)}, {revoked.revoked_by}"


def _request(arguments: argparse.Namespace, meant: Meant) -> pb.RevokeCertificateRequest:
    request = pb.RevokeCertificateRequest(
        officer=arguments.officer,
        reason=REASONS[arguments.reason].value,  # type: ignore[arg-type]  # the same numbers
        document_number=arguments.document,
        own_certificate=arguments.own,
        **meant.fields,
    )
    # The same word of the same person has the same id: one that was broken off is answered, not refused.
    named = f"{arguments.caller}\0{request.SerializeToString(deterministic=True).hex()}"
    request.request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, named))
    return request


def _add_officer(command: argparse.ArgumentParser) -> None:
    say = "who does it (at the gateway; default: the account logged in)"
    command.add_argument("--officer", default=account(), help=say)


def _lines(answer: pb.RevokeCertificateResponse) -> Iterator[str]:
    already = "此前已吊销 was revoked before  " if answer.already_revoked else "已吊销 revoked  "
    yield f"{already}{revoked_line(answer.revoked)}"
    if not answer.revoked.agency:
        yield "  网关未见过该证书 the gateway has never seen this certificate: look whether it is the right one"
    if answer.own:
        yield "  这是本次调用所用的证书 this is the certificate of this call: it cannot call any more"


def _refused(meant: Meant, error: GatewayError) -> Iterator[str]:
    yield f"jsg pki: {meant.said}: {error.code.name} {error.reason}: {error.message}"
    if error.metadata.get("field") == "own_certificate":
        yield "  未吊销 NOT revoked: 吊销后本证书不能再调用；确要吊销请加 to do it nevertheless, add --own SHA256"


def _plain(message: pb.RevokeCertificateResponse | pb.RevokedCertificate) -> dict[str, Any]:
    return MessageToDict(message, preserving_proto_field_name=True)
