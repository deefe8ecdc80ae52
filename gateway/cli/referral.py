"""``jsg referral``: a suspected refusal to pay handed over, as HRSS, police, procuratorate and court type it.

Here are the acts on a case; dossiers are in ``referral_dossier``, what arrives in ``referral_inbox``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import referral_pb2 as pb

from gateway.cli import referral_dossier, referral_export, referral_holds, referral_inbox, referral_letter
from gateway.cli.connection import command, day
from gateway.cli.outcome_lists import print_json
from gateway.cli.referral_facts import read_facts
from gateway.cli.referral_options import (
    HRSS,
    OK,
    POLICE,
    PRINCIPAL,
    USAGE,
    add_common,
    add_step,
    request_id,
    speaking,
    step_of,
    told,
)
from gateway.cli.referral_show import show_case, show_full, show_gaps
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.rpc.referrals import STEPS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from gateway.cli.connection import Subparsers

_STEP: Final = "--document 示人社移〔2026〕7号 --document-file letter.pdf --by officer-1"
_ACTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "approve": ("ApproveReferral", PRINCIPAL, "the principal approves a referral, or refuses it"),
    "receipt": ("SignReceipt", POLICE, "the police sign the receipt"),
    "decide": ("DecideFiling", POLICE, "the police decide about filing, materials, time or jurisdiction"),
    "reconsider": ("RequestReconsideration", HRSS, "ask the police for reconsideration"),
    "supervise": ("RequestSupervision", HRSS, "suggest supervision of filing to the procuratorate"),
    "outcome": ("RecordOutcome", HRSS, "record a later step of whoever takes it"),
}
"""The commands that take a step: method, party, and what is said of each."""
PAGE: Final = 200


def register(subparsers: Subparsers) -> None:
    """Add ``referral`` with its commands."""
    referral = subparsers.add_parser("referral", help="a case handed over to the police: sealed, sent, followed")
    commands = referral.add_subparsers(required=True, metavar="COMMAND")
    example = f"jsg referral open YS-2026-7 --facts facts.toml --report {_STEP} --by officer-2"
    opened = command(commands, "open", "open a case, correct its facts, report it", example, told(run_open))
    add_common(opened, HRSS)
    opened.add_argument("--facts", type=Path, required=True, metavar="FILE", help="what is known, as JSON or TOML")
    opened.add_argument("--replaces", type=int, default=0, metavar="VERSION", help="version of the facts it replaces")
    opened.add_argument("--report", action="store_true", help="with the team's report, which submits it for approval")
    add_step(opened, required=False)
    for name, (rpc, party, say) in _ACTS.items():
        kinds = [_typed(kind) for kind in STEPS[f"ReferralService/{rpc}"][3]]
        example = f"jsg referral {name} YS-2026-7 {kinds[0] + ' ' if len(kinds) > 1 else ''}{_STEP}"
        parser = command(commands, name, say, example, told(run_step))
        add_common(parser, party)
        if len(kinds) > 1:
            parser.add_argument("kind", choices=kinds, help="which step")
        parser.add_argument("--to", default="", metavar="AGENCY", help="id of the agency that gets the case")
        parser.add_argument(
            "--effective-on", type=day, default="", metavar="YYYY-MM-DD", help="of a judgment, when it became effective"
        )
        parser.set_defaults(rpc=rpc, only="" if len(kinds) > 1 else kinds[0])
        add_step(parser)
    _register_paying(commands)
    shown = command(
        commands, "show", "a case as it stands", "jsg referral show YS-2026-7 --party police", told(run_show)
    )
    add_common(shown, HRSS, writes=False)
    listed = command(commands, "list", "the cases one takes part in", "jsg referral list --open", told(run_list))
    add_common(listed, HRSS, case=False, writes=False)
    listed.add_argument("--open", action="store_true", help="only cases that are not at their end")
    referral_dossier.register(commands)
    referral_export.register(commands)
    referral_letter.register(commands)
    referral_inbox.register(commands)
    referral_holds.register(commands)


def _register_paying(commands: Subparsers) -> None:
    example = "jsg referral pay YS-2026-7 --on 2026-11-20 --fen 7200000 --in-full --document P-1 --document-file p.pdf"
    paid = command(commands, "pay", "tell everybody that something was paid", example, told(run_pay))
    add_common(paid, HRSS)
    paid.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD", help="day of payment")
    paid.add_argument("--fen", type=int, required=True, help="how much, in fen")
    paid.add_argument("--in-full", action="store_true", help="nothing is owed any more")
    paid.add_argument("--compensation", action="store_true", help="compensation was paid as well")
    paid.add_argument("--document", required=True, metavar="NUMBER", help="number of the proof")
    paid.add_argument("--document-file", type=Path, required=True, metavar="FILE", help="the proof")


def run_open(arguments: argparse.Namespace) -> int:
    """Open a case or correct it; with a report it is submitted for approval."""
    if arguments.report and not (arguments.document and arguments.document_file and arguments.by):
        print("jsg referral open: --report needs --document, --document-file and --by")
        return USAGE
    request = pb.OpenReferralRequest(
        request_id=request_id(arguments),
        officer=arguments.officer,
        referral_id=arguments.referral,
        facts=read_facts(arguments.facts),
        replaces_version=arguments.replaces,
        report=step_of(arguments, Kind.REPORT) if arguments.report else None,
    )
    with speaking(arguments) as party:
        response = party.client.referral("OpenReferral", request, pb.OpenReferralResponse)
    if not print_json(arguments, response):
        show_case(response.referral)
        print(f"  版本 version {response.version}")
        show_gaps(response.gaps)
    return OK


def run_step(arguments: argparse.Namespace) -> int:
    """Take a step."""
    kind = Kind[(arguments.only or arguments.kind).upper().replace("-", "_")]
    request_type, response_type, *_ = STEPS[f"ReferralService/{arguments.rpc}"]
    request: Any = request_type()
    request.request_id, request.officer = request_id(arguments), arguments.officer
    request.referral_id = arguments.referral
    request.step.CopyFrom(step_of(arguments, kind, arguments.to))
    request.step.effective_on = arguments.effective_on
    with speaking(arguments) as party:
        response: Any = party.client.referral(arguments.rpc, request, response_type)
    if not print_json(arguments, response):
        show_case(response.referral)
    return OK


def run_pay(arguments: argparse.Namespace) -> int:
    """Record a payment, and print what it means where the case stands."""
    with arguments.document_file.open("rb") as proof:
        digest = hashlib.file_digest(proof, "sha256").hexdigest()
    payment = pb.ReferralPayment(
        paid_on=arguments.on,
        paid_fen=arguments.fen,
        paid_in_full=arguments.in_full,
        compensation_paid=arguments.compensation,
        document_number=arguments.document,
        document_sha256=digest,
    )
    request = pb.RecordPaymentRequest(
        request_id=request_id(arguments), officer=arguments.officer, referral_id=arguments.referral, payment=payment
    )
    with speaking(arguments) as party:
        response = party.client.referral("RecordPayment", request, pb.RecordPaymentResponse)
    if not print_json(arguments, response):
        show_case(response.referral)
        print(f"  {response.meaning.zh}\n  {response.meaning.en}")
    return OK


def run_show(arguments: argparse.Namespace) -> int:
    """Print a case as far as the party takes part in it."""
    request = pb.GetReferralRequest(officer=arguments.officer, referral_id=arguments.referral)
    with speaking(arguments) as party:
        response = party.client.referral("GetReferral", request, pb.GetReferralResponse)
    if not print_json(arguments, response):
        show_full(response)
    return OK


def run_list(arguments: argparse.Namespace) -> int:
    """Print the cases in which the party takes part, those with the most urgent clock first."""
    request = pb.ListReferralsRequest(officer=arguments.officer, open_only=arguments.open, page_size=PAGE)
    found = pb.ListReferralsResponse()
    with speaking(arguments) as party:
        while True:
            page = party.client.referral("ListReferrals", request, pb.ListReferralsResponse)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    if not print_json(arguments, found):
        for case in found.referrals:
            show_case(case)
        print(f"{len(found.referrals)} 件 cases")
    return OK


def _typed(kind: Kind) -> str:
    return kind.name.lower().replace("_", "-")
