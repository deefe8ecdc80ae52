"""A referral as its entries make it, and who takes part in it (T-20..T-60).

Entries are only added: what HRSS has found, in versions, and steps, each with its document. Nobody but who takes part
learns that the case exists: the referring agency, the police to which it was sent or forwarded, the procuratorate that
has its copy or was asked for supervision, and the court from the indictment on, or from its notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.agencies import Role
from gateway.domain.referral_elements import CaseFacts
from gateway.domain.referral_holds import HoldAct
from gateway.domain.referral_parts import SharedKeys, UploadedFile
from gateway.domain.referral_payments import Payment
from gateway.domain.referral_steps import ReferralAct, police_of, stage_of
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.referral_parts import SentPart, WrappedKey

PARTIES = frozenset({Role.PRODUCER, Role.POLICE, Role.PROCURATORATE, Role.COURT})
"""Roles that can take part at all."""
REFER, APPROVE = "refer_cases", "approve_referrals"
"""Grants of a mandate: to open, send and follow cases, and to approve them as HRSS's principal."""


@dataclass(frozen=True, slots=True)
class Copies:
    """To whom else a case was sent: the procuratorate, and a court where an agreement provides for a notice."""

    procuratorate: str
    court: str = ""
    """Empty where the court gets none before the indictment (T-54)."""
    agreement: str = ""
    """Document number of the agreement by which the court gets its notice; empty without a court."""


Content = CaseFacts | ReferralAct | UploadedFile | SharedKeys | Payment | HoldAct


@dataclass(frozen=True, slots=True)
class ReferralEntry:
    """One entry of a case. ``place`` is its number among those of all cases; 0 while it is not stored."""

    referral_id: str
    content: Content
    agency: str
    recorded_at: datetime
    uscc: str = ""
    """Of facts, the enterprise's code; empty where a person without one owes."""
    copies: Copies | None = None
    """Of a sending."""
    part: SentPart | None = None
    """Of a sending or a supplement."""
    place: int = 0

    @property
    def act(self) -> ReferralAct | None:
        """The step that it is; None for anything else."""
        return self.content if isinstance(self.content, ReferralAct) else None


@dataclass(frozen=True, slots=True)
class Referral:
    """A case. ``version`` counts the versions of its facts, from 1."""

    referral_id: str
    agency: str
    """Id of the referring agency."""
    facts: CaseFacts
    uscc: str
    version: int
    entries: tuple[ReferralEntry, ...]

    @property
    def acts(self) -> tuple[ReferralAct, ...]:
        """Its steps, in the order in which they were recorded."""
        return tuple(entry.act for entry in self.entries if entry.act is not None)

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return stage_of(self.acts)

    @property
    def police(self) -> str:
        """Id of the police that have it; empty before it is sent."""
        return police_of(self.acts)

    @property
    def parts(self) -> tuple[SentPart, ...]:
        """What was sent, in order."""
        return tuple(entry.part for entry in self.entries if entry.part is not None)

    @property
    def keys(self) -> tuple[WrappedKey, ...]:
        """Every wrapped key, those that were added later included."""
        sent = [key for part in self.parts for key in part.keys]
        shared = [key for entry in self.entries if isinstance(entry.content, SharedKeys) for key in entry.content.keys]
        return (*sent, *shared)

    @property
    def uploaded(self) -> dict[str, UploadedFile]:
        """The files that are there whole, by their ids; the last one counts."""
        files = [entry.content for entry in self.entries if isinstance(entry.content, UploadedFile)]
        return {file.item_id: file for file in files}

    @property
    def payments(self) -> tuple[Payment, ...]:
        """What was paid, in the order in which it was recorded."""
        return tuple(entry.content for entry in self.entries if isinstance(entry.content, Payment))

    @property
    def copies(self) -> Copies | None:
        """To whom else it was sent; None before it is sent."""
        return next((entry.copies for entry in reversed(self.entries) if entry.copies is not None), None)

    @property
    def full_recipients(self) -> frozenset[str]:
        """Ids of the agencies that open the whole dossier: police that have it, a court that has the indictment.

        And the procuratorate, once supervision is asked for or the case is filed (T-34, CPL 172).
        """
        courts = {act.to_agency for act in self.acts if act.kind is Kind.INDICTMENT}
        reviewed = {Kind.SUPERVISION_REQUEST, Kind.FILING} & {act.kind for act in self.acts}
        copies = self.copies
        supervising = {copies.procuratorate} if copies is not None and reviewed else set()
        return frozenset({self.agency, self.police, *courts, *supervising} - {""})

    def takes_part(self, agency: Agency) -> bool:
        """Return whether the agency may see the case."""
        return agency.agency_id in self._parties(agency.role)

    def may_act(self, agency: Agency) -> bool:
        """Return whether the agency may still take steps: of the police only those that have the case."""
        if agency.role is Role.POLICE:
            return agency.agency_id == self.police
        return self.takes_part(agency)

    def sees(self, agency: Agency, entry: ReferralEntry) -> bool:
        """Return whether an agency that takes part is shown an entry that is a step or a payment.

        What HRSS did before it sent the case is its own. Police that passed the case on are shown it up to there; a
        court that had a notice only, the sending and what was paid, until it has the indictment (T-54, X-21).
        """
        content = entry.content
        if not isinstance(content, ReferralAct | Payment):
            return False
        if agency.agency_id == self.agency:
            return True
        sent = [each.place for each in self.entries if each.act is not None and each.act.kind is Kind.SENDING]
        if not sent or entry.place < sent[0]:
            return False
        if agency.role is Role.COURT and not self._indicted_at(agency.agency_id):
            return isinstance(content, Payment) or content.kind is Kind.SENDING
        if agency.role is Role.POLICE and agency.agency_id != self.police:
            left = [each.place for each in self.entries if _passed_on_by(each, agency.agency_id)]
            return bool(left) and entry.place <= left[-1]
        return True

    def _indicted_at(self, court: str) -> bool:
        return any(act.kind is Kind.INDICTMENT and act.to_agency == court for act in self.acts)

    def _parties(self, role: Role) -> frozenset[str]:
        copies, acts = self.copies, self.acts
        match role:
            case Role.PRODUCER:
                return frozenset({self.agency})
            case Role.POLICE:
                return frozenset(act.to_agency for act in acts if act.kind in {Kind.SENDING, Kind.FORWARDING})
            case Role.PROCURATORATE:
                return frozenset({copies.procuratorate}) if copies is not None else frozenset()
            case Role.COURT:
                indicted = {act.to_agency for act in acts if act.kind is Kind.INDICTMENT}
                noticed = {copies.court} if copies is not None and copies.court else set()
                return frozenset(indicted | noticed)
        return frozenset()


def _passed_on_by(entry: ReferralEntry, police: str) -> bool:
    content = entry.content
    return isinstance(content, ReferralAct) and content.kind is Kind.FORWARDING and content.agency == police


def referral_of(entries: Sequence[ReferralEntry]) -> Referral | None:
    """Return the case that *entries*, all of one and in their order, make; None without facts."""
    found = [entry for entry in entries if isinstance(entry.content, CaseFacts)]
    if not found:
        return None
    newest = found[-1]
    assert isinstance(newest.content, CaseFacts)  # noqa: S101 - chosen so above
    return Referral(
        referral_id=newest.referral_id,
        agency=entries[0].agency,
        facts=newest.content,
        uscc=newest.uscc,
        version=len(found),
        entries=tuple(entries),
    )
