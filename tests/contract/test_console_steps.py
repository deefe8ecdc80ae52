"""The console's forms of steps ask what the gateway wants of police, procuratorate and court, and reach its methods."""

from __future__ import annotations

from jointsanctions.v1 import clock_pb2
from jointsanctions.v1 import referral_pb2 as pb

from console.steps import FORMS
from console.views.referrals import JUSTICE, TONES
from gateway.cli.console import JUSTICE as OWNERS
from gateway.cli.console_names import CONSOLE_NAMES
from gateway.domain.agencies import Role
from gateway.domain.referral_transitions import TRANSITIONS
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.rpc.referrals import STEPS
from gateway.services.referral_back_flow import JUDGMENTS
from gateway.services.referral_recipients import RECEIVER

ROLES = {Role(each) for each in JUSTICE}


def test_every_step_of_theirs_has_a_form_and_no_other_has():
    assert set(FORMS) == {kind.name for kind, each in TRANSITIONS.items() if each.role in ROLES}


def test_a_form_reaches_the_method_that_takes_its_step():
    methods = {
        kind.name: (name.partition("/")[2], request, answer)
        for name, (request, answer, _, kinds) in STEPS.items()
        for kind in kinds
    }

    assert {name: form.call for name, form in FORMS.items()} == {name: methods[name] for name in FORMS}


def test_a_form_asks_for_reasons_receiver_and_day_where_the_gateway_does():
    for name, form in FORMS.items():
        kind = Kind[name]
        wanted = (TRANSITIONS[kind].reasons, kind in RECEIVER, kind in JUDGMENTS)
        assert (form.reasons, form.receiver, form.judgment) == wanted, name


def test_what_a_case_may_show_has_its_words():
    words = {
        "acts": pb.ReferralActKind,
        "stages": pb.ReferralStage,
        "stuck": pb.StuckReason,
        "transport": pb.TransportState,
        "colours": clock_pb2.Colour,
    }
    for name, wire in words.items():
        assert set(CONSOLE_NAMES[name]) == set(wire.values()) - {0}, name
        assert all(zh and en and " " not in zh for zh, en in CONSOLE_NAMES[name].values())
    assert set(TONES) == set(clock_pb2.Colour.values()) - {0}


def test_whoever_sees_the_pages_has_what_is_its_own():
    assert JUSTICE == OWNERS
