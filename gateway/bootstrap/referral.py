"""What ``ReferralService`` is made of: cases, dossiers, the inbox, and the store of sealed evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.bootstrap.evidence import evidence_store, evidence_upkeep
from gateway.bootstrap.looking import Looking
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.referral_stuck import ReferralFigures
from gateway.rpc.dossiers import DossiersServicer
from gateway.rpc.record_fields import People
from gateway.rpc.referral_holds import ReferralHoldsServicer
from gateway.rpc.referral_inbox import ReferralInboxServicer
from gateway.rpc.referrals import ReferralsServicer
from gateway.security.key_ring import PersonKeyError
from gateway.security.statements import StatementVerifier
from gateway.services.count_referrals import CountReferrals, stuck_uploads
from gateway.services.dossiers import Dossiers
from gateway.services.establish_silence import EstablishSilence, SilencePlaces
from gateway.services.evidence import SealedEvidence
from gateway.services.referral_holds import HeldReferrals, ReferralHolds
from gateway.services.referral_inbox import ReferralInbox
from gateway.services.referrals import Law, Referrals
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.referral_silences import SqlSilences
from gateway.storage.referrals import SqlReferralStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.bootstrap.opened import Opened
    from gateway.domain.retention import LegalHold
    from gateway.rpc.method import Method
    from gateway.security.persons import KeyedPersonVault
    from gateway.services.ports.audit import AccessSearch
    from gateway.services.ports.mandates import Callers
    from gateway.services.ports.register import Clock

    CasePlace = tuple[Engine, KeyedPersonVault]
    """Where cases lie, and what unseals them."""

SILENCE_SECONDS: Final = 1.0
"""How often it is looked whether a bound has passed: one process of each machine does."""


def make_referrals(opened: Opened) -> Referrals:
    """Return the cases of one process."""
    store = SqlReferralStore(opened.engine, opened.vault)
    return Referrals(store, opened.mandates.callers, opened.clock, opened.audit.writer, _law(opened.config))


def count_referrals(
    config: Config, place: CasePlace, callers: Callers, clock: Clock, writer: str
) -> Callable[[], ReferralFigures]:
    """Return what counts for the operator what open cases wait for; *writer* is the process that looks."""
    engine, vault = place
    settings, store = config.settings, SqlReferralStore(engine, vault)
    referrals = Referrals(store, callers, clock, writer, _law(config))

    upkeep = evidence_upkeep(settings)

    def uploads(now: datetime) -> int:
        return stuck_uploads(upkeep, now - settings.referrals.upload)

    count = CountReferrals(referrals, store, SqlDeliveries(engine), settings.referrals.bounds, uploads)

    def counted() -> ReferralFigures:
        try:
            return count()
        except (PersonKeyError, ValueError) as error:
            # A case that cannot be read must not keep an operator from seeing everything else.
            return ReferralFigures(fault=str(error))

    return counted


def _law(config: Config) -> Law:
    return Law(config.amounts, config.calendar, config.settings.clocks, config.agreements)


def silence_watch(opened: Opened, record: AccessSearch) -> Looking:
    """Return what establishes silence while the gateway serves; *record* finds entries."""
    engine = opened.engine
    cases = SqlReferralStore(engine, opened.vault)
    places = SilencePlaces(cases, SqlDeliveries(engine), SqlSilences(engine), opened.audit, record, opened.right)
    establish = EstablishSilence(make_referrals(opened), places, opened.config.settings.referrals.bounds)

    async def look() -> int:
        try:
            return await establish()
        except PersonKeyError as error:
            raise StoreUnavailableError("referrals cannot be unsealed", kind=type(error).__name__) from error

    return Looking(look, SILENCE_SECONDS, "silence towards referrals is not recorded")


def held_referrals(opened: Opened) -> Callable[[date], list[LegalHold]]:
    """Return what finds the holds of a day; where they cannot be read, it fails, so that nothing is erased."""
    held = HeldReferrals(SqlReferralStore(opened.engine, opened.vault))

    def found(day: date) -> list[LegalHold]:
        try:
            return held(day)
        except (PersonKeyError, ValueError) as error:
            raise StoreUnavailableError("the holds of referrals cannot be read", kind=type(error).__name__) from error

    return found


def referral_methods(opened: Opened) -> list[Method]:
    """Return the methods of one process."""
    config, people = opened.config, People(opened.vault)
    referrals = make_referrals(opened)
    deliveries = SqlDeliveries(opened.engine)
    inbox = ReferralInbox(referrals, deliveries, SqlSilences(opened.engine), config.settings.referrals.bounds)
    evidence = SealedEvidence(evidence_store(config.settings))
    dossiers = Dossiers(referrals, deliveries, StatementVerifier(opened.verifier))
    shown = ReferralsServicer(referrals, inbox, people)
    return [
        *shown.methods(),
        *DossiersServicer(dossiers, evidence, inbox, people, shown).methods(),
        *ReferralInboxServicer(inbox, people, shown).methods(),
        *ReferralHoldsServicer(ReferralHolds(referrals), inbox, people).methods(),
    ]
