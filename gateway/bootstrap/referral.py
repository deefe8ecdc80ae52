"""What ``ReferralService`` is made of: cases, dossiers, the inbox, and the folder of sealed evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.rpc.dossiers import DossiersServicer
from gateway.rpc.record_fields import People
from gateway.rpc.referral_inbox import ReferralInboxServicer
from gateway.rpc.referrals import ReferralsServicer
from gateway.security.statements import StatementVerifier
from gateway.services.dossiers import Dossiers
from gateway.services.referral_inbox import ReferralInbox
from gateway.services.referrals import Law, Referrals
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.evidence import EvidenceFolder
from gateway.storage.evidence_files import EVIDENCE
from gateway.storage.referrals import SqlReferralStore

if TYPE_CHECKING:
    from gateway.bootstrap.opened import Opened
    from gateway.rpc.method import Method


def make_referrals(opened: Opened) -> Referrals:
    """Return the cases of one process."""
    config = opened.config
    law = Law(config.amounts, config.calendar, config.settings.clocks)
    store = SqlReferralStore(opened.engine, opened.vault)
    return Referrals(store, opened.mandates.callers, opened.clock, opened.audit.writer, law)


def referral_methods(opened: Opened) -> list[Method]:
    """Return the methods of one process."""
    config, people = opened.config, People(opened.vault)
    referrals = make_referrals(opened)
    deliveries = SqlDeliveries(opened.engine)
    inbox = ReferralInbox(referrals, deliveries)
    evidence = EvidenceFolder(config.settings.state / EVIDENCE)
    dossiers = Dossiers(referrals, evidence, deliveries, StatementVerifier(opened.verifier))
    shown = ReferralsServicer(referrals, inbox, people)
    return [
        *shown.methods(),
        *DossiersServicer(dossiers, inbox, people, shown).methods(),
        *ReferralInboxServicer(inbox, people, shown).methods(),
    ]
