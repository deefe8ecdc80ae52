"""``jsg case clear`` and ``related``: the award gate, its receipt, and bidders of one lot that are related."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2

from adapters.answers import clearance_recorded
from adapters.award_gate import proof_of
from formats.resident_ids import mask_resident_ids
from gateway.cli.case_show import show_gate, show_related
from gateway.cli.case_terms import add_case
from gateway.cli.check import EXIT_CODES, decision_point
from gateway.cli.connection import client_file, command, connect
from gateway.cli.outcome import leaf, place
from gateway.cli.outcome_lists import print_json
from gateway.domain.award_gate import AwardClearance, AwardGap
from gateway.domain.vocabulary import Area, Verdict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE, RELATED = 0, 1, 2, 3
CLEAR: Final = (
    "jsg case clear 91420300MA10004470 --area bidding --case JSGC-2026-17 --part 1 --point award --receipt award.json"
)
VERDICT_GAPS: Final[Mapping[AwardGap, Verdict]] = {
    AwardGap.RESTRICTED: Verdict.RESTRICTED,
    AwardGap.SECOND_PERSON_MISSING: Verdict.RESTRICTED,
    AwardGap.UNVERIFIABLE: Verdict.UNVERIFIABLE,
}
"""As which verdict a gap counts for the exit code; all others ask for something that the agency itself can do."""
STRICTEST: Final = (Verdict.RESTRICTED, Verdict.UNVERIFIABLE, Verdict.CONDITIONAL)
PROOF_SECONDS: Final = 10.0
"""The gateway itself waits two seconds for the proof, within the call."""


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``case``."""
    clear = command(commands, "clear", "may the final act be taken? with its proof", CLEAR, run_clear)
    clear.add_argument("uscc", metavar="USCC", help="who is to go ahead; of a consortium the one that leads it")
    clear.add_argument("--member", action="append", default=[], metavar="USCC", help="other consortium member")
    add_case(clear)
    clear.add_argument("--point", required=True, help="decision point of the final act, such as award")
    clear.add_argument("--fresh", type=int, default=0, metavar="REVISION", help="least data revision to decide from")
    clear.add_argument("--receipt", type=Path, default=None, metavar="FILE", help="write the receipt there")
    words = clear.add_mutually_exclusive_group()
    words.add_argument("--override", default="", metavar="REASON", help="an officer's decision on what is CONDITIONAL")
    words.add_argument(
        "--emergency", default="", metavar="REASON", help="go ahead over what is RESTRICTED: two persons"
    )
    clear.add_argument("--document", default="", metavar="NUMBER", help="document of that decision")
    clear.add_argument(
        "--first", default=None, type=first_word, metavar="WRITER/NUMBER/HEX", help="where the first person's call is"
    )
    example = "jsg case related --area bidding --case JSGC-2026-17 --part 1"
    related = command(
        commands, "related", "which bidders of one lot are related (exit code 3: some are)", example, run_related
    )
    add_case(related)


def first_word(text: str) -> common_pb2.AuditPosition:
    """Return the position of a ``WRITER/NUMBER/HEX`` argument."""
    where, _, digits = text.rpartition("/")
    writer, number = place(where)
    return common_pb2.AuditPosition(writer=writer, number=number, leaf_hash=leaf(digits))


def run_clear(arguments: argparse.Namespace) -> int:
    """Ask the award gate, print what it found, and write the receipt of what is cleared."""
    try:
        request = _request(arguments)
    except ValueError as error:
        print(f"jsg case clear: {mask_resident_ids(str(error))}", file=sys.stderr)
        return USAGE
    caller = client_file(arguments).areas[Area[arguments.area.upper()]]
    with connect(arguments, caller, PROOF_SECONDS) as client:
        answer = client.credit("ClearAward", request, credit_pb2.ClearAwardResponse)
    if not print_json(arguments, answer):
        show_gate(answer)
    if arguments.receipt is not None and not _keep(arguments, answer):
        return ERROR
    return exit_code(answer)


def _keep(arguments: argparse.Namespace, answer: credit_pb2.ClearAwardResponse) -> bool:
    """Write the receipt where there is one; return whether what is cleared can be proven by the file."""
    beside = sys.stderr if arguments.json else sys.stdout
    if not answer.receipt:
        print(f"无收据 no receipt: {arguments.receipt} is not written", file=beside)
        return True
    proof = proof_of(answer, clearance_recorded(answer).SerializeToString(deterministic=True))
    why = "" if proof else "what came is no receipt of this answer"
    try:
        if proof:
            arguments.receipt.write_bytes(proof)
    except OSError as error:
        why = str(error)
    if not why:
        print(f"收据 receipt: {arguments.receipt}", file=beside)
        return True
    position = answer.audit_position
    again = f"jsg audit receipt {position.writer}/{position.number} {position.leaf_hash.hex()}"
    print(f"jsg case clear: --receipt: {why}; fetch it with {again}", file=sys.stderr)
    return False


def exit_code(answer: credit_pb2.ClearAwardResponse) -> int:
    """Return 0 for what is cleared; else as ``jsg check``: 3 restricted, 5 wait, 4 where the agency itself can act."""
    clearance = AwardClearance(answer.clearance)
    if clearance is AwardClearance.CLEARED:
        return OK
    if clearance is AwardClearance.PROOF_PENDING:
        return EXIT_CODES[Verdict.UNVERIFIABLE]
    found = {VERDICT_GAPS.get(AwardGap(gap), Verdict.CONDITIONAL) for party in answer.parties for gap in party.gaps}
    return EXIT_CODES[next((each for each in STRICTEST if each in found), Verdict.UNVERIFIABLE)]


def run_related(arguments: argparse.Namespace) -> int:
    """Print related bidders; 3 when there are some, 5 when of somebody nothing could be said."""
    request = case_pb2.ListRelatedBiddersRequest(
        officer=arguments.officer,
        area=int(Area[arguments.area.upper()]),  # type: ignore[arg-type]  # the same numbers
        case_ref=arguments.case_ref,
        part=arguments.part,
    )
    with connect(arguments, client_file(arguments).areas[Area[arguments.area.upper()]]) as client:
        found = client.credit("ListRelatedBidders", request, case_pb2.ListRelatedBiddersResponse)
    if not print_json(arguments, found):
        show_related(found)
    if found.pairs:
        return RELATED
    return EXIT_CODES[Verdict.UNVERIFIABLE] if found.unknown_usccs else OK


def _request(arguments: argparse.Namespace) -> credit_pb2.ClearAwardRequest:
    """Return the request that a command line asks for; ``ValueError`` says what is wrong with it."""
    area = Area[arguments.area.upper()]
    request = credit_pb2.ClearAwardRequest(
        officer=arguments.officer,
        area=int(area),  # type: ignore[arg-type]  # the same numbers
        case_ref=arguments.case_ref,
        part=arguments.part,
        decision_point=int(decision_point(area, arguments.point)),  # type: ignore[arg-type]  # likewise
        applicant=case_pb2.CaseApplicant(
            enterprise=common_pb2.EnterpriseRef(uscc=arguments.uscc),
            consortium_members=[common_pb2.EnterpriseRef(uscc=code) for code in arguments.member],
        ),
        at_least_as_fresh=arguments.fresh,
    )
    if arguments.emergency:
        word = credit_pb2.AwardEmergency(reason=arguments.emergency, document_number=arguments.document)
        request.emergency.CopyFrom(word)
        if arguments.first is not None:
            request.emergency.first.CopyFrom(arguments.first)
        return request
    if arguments.first is not None:
        raise ValueError("--first: is only for --emergency")
    if arguments.override:
        decided = credit_pb2.AwardOverride(reason=arguments.override, document_number=arguments.document)
        request.override.CopyFrom(decided)
    elif arguments.document:
        raise ValueError("--document: is only for --override or --emergency")
    return request
