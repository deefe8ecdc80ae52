"""What is registered of a case, from options or from one JSON file; which case it is, from options alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2

from gateway.cli.account import account
from gateway.cli.check import area_names, case_facts, decision_point, fact
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    import argparse

LARGEST: Final = 1024 * 1024
"""Characters of a file of terms: 300 enterprises with long names take a tenth of it."""


def add_case(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which case it is, and who acts."""
    parser.add_argument("--area", required=True, choices=area_names(), help="area")
    parser.add_argument("--case", required=True, dest="case_ref", help="case number of the deciding system")
    parser.add_argument("--part", default="", help="lot or part; none where there is none")
    parser.add_argument("--officer", default=account(), help="who acts (default: the account logged in)")


def add_terms(parser: argparse.ArgumentParser) -> None:
    """Add the options that give the terms."""
    parser.add_argument("--point", default="", help="final decision point that it heads for, such as award")
    parser.add_argument(
        "--applicant",
        action="append",
        default=[],
        metavar="USCC[,USCC…]",
        help="who is to go ahead; of a consortium the one that leads it first",
    )
    parser.add_argument("--fact", action="append", default=[], type=fact, metavar="NAME=VALUE", help="fact of the case")
    parser.add_argument("--consortia-fixed", action="store_true", help="the qualification review is over")
    parser.add_argument(
        "--terms",
        type=Path,
        default=None,
        metavar="FILE",
        help="all of this as JSON instead, as CaseTerms of credit.proto has it",
    )


def terms_of(arguments: argparse.Namespace) -> credit_pb2.CaseTerms:
    """Return the terms that a command line gives.

    Raises:
        ValueError: They are given twice or not at all, a file cannot be read, or a value is none; the option is named.
    """
    typed = (arguments.point, arguments.applicant, arguments.fact, arguments.consortia_fixed)
    if arguments.terms is not None:
        if any(typed):
            raise ValueError("--terms: gives all of the terms, without --point, --applicant, --fact, --consortia-fixed")
        return _read(arguments.terms)
    if not arguments.point:
        raise ValueError("--point: is required without --terms")
    area = Area[arguments.area.upper()]
    terms = credit_pb2.CaseTerms(
        decision_point=int(decision_point(area, arguments.point)),  # type: ignore[arg-type]  # the same numbers
        applicants=[applicant_of(each) for each in arguments.applicant],
        consortia_fixed=arguments.consortia_fixed,
    )
    terms.case_facts.CopyFrom(case_facts(area, arguments.fact))
    return terms


def applicant_of(text: str) -> case_pb2.CaseApplicant:
    """Return the applicant of a ``USCC[,USCC…]`` argument; whether each is a code is for the gateway to say."""
    first, *members = (common_pb2.EnterpriseRef(uscc=each.strip()) for each in text.split(","))
    return case_pb2.CaseApplicant(enterprise=first, consortium_members=members)


def _read(file: Path) -> credit_pb2.CaseTerms:
    try:
        with file.open(encoding="utf-8-sig") as opened:
            text = opened.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"--terms: {file}: cannot be read") from error
    if len(text) > LARGEST:
        raise ValueError(f"--terms: {file}: has more than {LARGEST} characters")
    try:
        return json_format.Parse(text, credit_pb2.CaseTerms())
    except json_format.ParseError as error:
        raise ValueError(f"--terms: {file}: {error}") from error
