"""What ``jsg referral`` says and does covers what the gateway knows, and what its library copies is what that wants."""

from __future__ import annotations

import argparse

import pytest

from adapters.channel import _SERVICES
from adapters.dossier.errors import DossierFault
from adapters.justice.sending import COPIED as SENT_TO_THE_PROCURATORATE
from gateway.cli import referral, referral_texts
from gateway.cli.connection import CommandParser
from gateway.domain.referral_elements import GapWeight
from gateway.domain.referral_holds import HoldState
from gateway.domain.referral_inbox import TransportState
from gateway.domain.referral_parts import COPIED
from gateway.domain.referral_stuck import StuckReason
from gateway.domain.referral_words import ReferralActKind, ReferralStage
from gateway.rpc.referrals import STEPS


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (referral_texts.ACTS, ReferralActKind),
        (referral_texts.STAGES, ReferralStage),
        (referral_texts.WEIGHTS, GapWeight),
        (referral_texts.TRANSPORT, TransportState),
        (referral_texts.STUCK, StuckReason),
        (referral_texts.HOLDS, HoldState),
        (referral_texts.FAULTS, DossierFault),
    ],
)
def test_every_word_has_its_text_in_both_languages_and_no_two_the_same(texts, words):
    assert set(texts) == set(words)
    assert len(set(texts.values())) == len(texts)
    for text in texts.values():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
        assert any(letter.isascii() and letter.isalpha() for letter in text)


def test_every_step_has_its_command():
    root = CommandParser()
    referral.register(root.add_subparsers(parser_class=CommandParser))
    (whole,) = [action for action in root._actions if isinstance(action, argparse._SubParsersAction)]
    (commands,) = [
        action for action in whole.choices["referral"]._actions if isinstance(action, argparse._SubParsersAction)
    ]
    taken = {commands.choices[name].get_default("rpc") for name in commands.choices} - {None}

    assert {f"ReferralService/{rpc}" for rpc in taken} == set(STEPS)
    by_others = {ReferralActKind.REPORT, ReferralActKind.SENDING, ReferralActKind.SUPPLEMENT}
    assert {kind for *_, kinds in STEPS.values() for kind in kinds} == set(ReferralActKind) - by_others


def test_the_library_copies_to_the_procuratorate_what_the_gateway_wants_copied():
    assert SENT_TO_THE_PROCURATORATE == COPIED


def test_calls_about_referrals_are_repeated_like_all_others():
    assert "ReferralService" in _SERVICES
