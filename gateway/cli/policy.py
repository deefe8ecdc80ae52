"""``jsg policy``: what the policy rests on, what is wrong with its files, and what a change of them means.

Each of its commands is in a module of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.cli import policy_change, policy_diff, policy_dry_run, policy_lint, policy_review
from gateway.cli.connection import command, day

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from gateway.cli.connection import Subparsers

PERSON: Final = "--as gateway-operations.operator.chen"


def register(subparsers: Subparsers) -> None:
    """Add ``policy`` with its commands."""
    policy = subparsers.add_parser("policy", help="the policy, what it rests on, and its changes")
    words = policy.add_subparsers(required=True, metavar="COMMAND")
    _add_review(words)
    _add_lint(words)
    _add_diff(words)
    _add_dry_run(words)
    _add_changes(words)


def _add_review(words: Subparsers) -> None:
    say = "every legal basis, what rests on it, and the day of its yearly review"
    review = command(words, "review", say, "jsg policy review --due", policy_review.run)
    review.add_argument("--due", action="store_true", help="only those whose review is due by now")


def _add_lint(words: Subparsers) -> None:
    say = "everything that is wrong with policy files, by file, row and key"
    lint = command(words, "lint", say, "jsg policy lint config/policy", policy_lint.run)
    whose = (
        "a policy's folder, for every profile in it; a profile's file, for this one; another file, for what is in it"
    )
    lint.add_argument(
        "path", nargs="?", type=Path, metavar="FILE|FOLDER", help=f"{whose} (default: the configuration's)"
    )
    lint.add_argument("--on", type=day, default="", metavar="DAY", help="the day it is to be in force (default: today)")


def _add_diff(words: Subparsers) -> None:
    say = "what a change of policy files means: which cell goes from which effect to which, and what else changes"
    diff = command(
        words, "diff", say, "jsg policy diff config/policy proposed/policy --profile shiyan", policy_diff.run
    )
    diff.add_argument("old", type=Path, metavar="OLD", help="a policy's folder, or the file of one profile in it")
    diff.add_argument("new", type=Path, metavar="NEW", help="likewise")
    diff.add_argument("--profile", default="", metavar="NAME", help="only this profile (default: every one in both)")
    diff.add_argument(
        "--on", type=day, default="", metavar="DAY", help="the day both are to be in force (default: today)"
    )


def _add_dry_run(words: Subparsers) -> None:
    say = "which recorded questions a gateway would answer otherwise under another policy; it changes nothing"
    trial = command(words, "dry-run", say, "jsg policy dry-run proposed/policy --sample 200", policy_dry_run.run)
    _add_policy(trial)
    trial.add_argument("--sample", type=int, default=0, metavar="N", help="questions drawn at random (default 100)")
    trial.add_argument(
        "--since", type=day, default="", metavar="DAY", help="of calls since this day (default: 30 days)"
    )
    named = "in place of a sample: the newest questions about this enterprise, as HRSS; may be given again"
    trial.add_argument("--enterprise", action="append", default=[], metavar="USCC", help=named)
    trial.add_argument("--officer", default="", help="who does it (default: the account logged in)")


def _add_changes(words: Subparsers) -> None:
    say = "which policy holds, which will, and what was proposed"
    listing = command(words, "list", say, "jsg policy list", policy_change.run_list)
    listing.add_argument("--proposal", default="", metavar="PROPOSAL", help="with the files of this one")
    listing.add_argument("--save", type=Path, default=None, metavar="FOLDER", help="where its files are written")
    say = "propose a policy and the day from which it is to hold"
    example = (
        f'jsg {PERSON} policy propose proposed/policy --from 2027-01-01 --reason "new law" --document 府办〔2026〕9号'
    )
    propose = command(words, "propose", say, example, policy_change.run_propose)
    _add_policy(propose)
    propose.add_argument(
        "--from", dest="holds_on", type=day, required=True, metavar="DAY", help="today at the earliest"
    )
    propose.add_argument("--reason", required=True, help="why")
    propose.add_argument("--document", required=True, help="number of the document that orders it")
    say = "approve what another person has proposed; from its day on every node answers by it"
    approve = command(
        words, "approve", say, f"jsg {policy_change.OTHER} policy approve policy-…", policy_change.run_approve
    )
    approve.add_argument("proposal", metavar="PROPOSAL", help="its id, as it was printed")
    for parser in (listing, propose, approve):
        parser.add_argument("--officer", default="", help="who does it (default: the account logged in)")


def _add_policy(parser: ArgumentParser) -> None:
    """Add which policy is sent."""
    parser.add_argument("path", type=Path, metavar="FILE|FOLDER", help="a policy's folder, or the file of one profile")
    parser.add_argument("--profile", default="", metavar="NAME", help="of a folder (default: that of gateway.toml)")
