"""The words of a criminal hand-over (移送): its steps, and where a case stands by them.

The law is R310, SPP19 and CL 276-1 (T-20..T-42). A referral is no sanction (T-60): no rule by which deciding systems
are answered reads anything of it.
"""

from __future__ import annotations

from enum import StrEnum

from gateway.domain.vocabulary import Word


class ReferralActKind(Word):
    """One step of a referral. Each is an act of one authority, with its document."""

    REPORT = 1
    """HRSS: the team's written report (T-20)."""
    APPROVAL = 2
    """HRSS's principal approves the referral (T-21)."""
    REFUSAL = 3
    """HRSS's principal refuses it, with reasons (T-21)."""
    SENDING = 4
    """HRSS sends the case to the police (T-22)."""
    RECEIPT = 5
    """The police sign the receipt, 回执 (T-24)."""
    FORWARDING = 6
    """The police pass a case of another jurisdiction on (T-25)."""
    MATERIALS_REQUEST = 7
    """The police ask for missing materials (T-26)."""
    SUPPLEMENT = 8
    """HRSS supplies materials, asked for or not (T-26)."""
    EXTENSION = 9
    """The police take the longer time that checking a lead, or a major or complex case, allows (T-27)."""
    FILING = 10
    """The police file the case, 立案 (T-27, T-31, T-35)."""
    NON_FILING = 11
    """The police do not file it, with reasons, and return it (T-28)."""
    HANDOVER = 12
    """HRSS hands over items and related materials (T-29)."""
    RECONSIDERATION_REQUEST = 13
    """HRSS asks for reconsideration, 复议 (T-30)."""
    NON_FILING_UPHELD = 14
    """The police uphold their decision after reconsideration (T-31)."""
    SUPERVISION_REQUEST = 15
    """HRSS suggests supervision of filing, 立案监督 (T-30, T-32, T-38)."""
    EXPLANATION_REQUEST = 16
    """The procuratorate requires the police to explain (T-34)."""
    EXPLANATION = 17
    """The police explain (T-34)."""
    NON_FILING_VALID = 18
    """The procuratorate finds the reason for not filing valid, and tells HRSS (T-36)."""
    FILING_ORDER = 19
    """The procuratorate orders the police to file (T-35)."""
    CORRECTION_NOTICE = 20
    """The procuratorate's notice to police that did not file as ordered (T-37)."""
    URGING = 21
    """The procuratorate urges police that filed and did not conclude (T-37)."""
    WITHDRAWAL = 22
    """The police withdraw the case (T-40)."""
    INDICTMENT = 23
    """The procuratorate indicts."""
    NON_PROSECUTION = 24
    """The procuratorate does not prosecute (T-41)."""
    OPINION = 25
    """The procuratorate's opinion that a penalty is needed (T-41)."""
    OPINION_ANSWER = 26
    """HRSS reports what was done on that opinion (T-41)."""
    CONVICTION = 27
    """The court convicts: it becomes a record once it is effective (TR6)."""
    ACQUITTAL = 28
    """The court acquits."""
    EXEMPTION = 29
    """The court convicts and exempts from punishment (T-09)."""
    PROPERTY_RETURN = 30
    """Whoever holds victims' property has returned it (T-42)."""
    ADMINISTRATIVE_RETURN = 31
    """HRSS deals with the case administratively from here (T-33, T-40)."""
    CLOSING = 32
    """HRSS closes its file."""


class ReferralStage(Word):
    """Where a referral stands, by its documents alone. What the transport has done is not here."""

    DRAFT = 1
    REPORTED = 2
    APPROVED = 3
    REFUSED = 4
    SENT = 5
    RECEIVED = 6
    FORWARDED = 7
    FILED = 8
    NOT_FILED = 9
    RECONSIDERATION_REQUESTED = 10
    NOT_FILED_UPHELD = 11
    SUPERVISION_REQUESTED = 12
    FILING_ORDERED = 13
    SUPERVISION_REJECTED = 14
    HANDED_OVER = 15
    WITHDRAWN = 16
    INDICTED = 17
    NON_PROSECUTED = 18
    CONVICTED = 19
    ACQUITTED = 20
    EXEMPTED = 21
    RETURNED_ADMIN = 22
    CLOSED = 23


class ReferralHindrance(StrEnum):
    """Why a step cannot be taken now, beside that the case does not stand where it could."""

    BEFORE_EARLIER_STEP = "BEFORE_EARLIER_STEP"
    """It is dated before a step on which it rests."""
    AHEAD = "AHEAD"
    """It is dated ahead of now."""
    NO_REQUEST_OPEN = "NO_REQUEST_OPEN"
    """There is no request that it could answer."""
    NOT_THIS_AUTHORITY = "NOT_THIS_AUTHORITY"
    """Another police than the one that has the case."""
    REASONS_MISSING = "REASONS_MISSING"
    """A refusal, and a decision not to file, give their reasons (T-21, T-28)."""
    SAME_PERSON = "SAME_PERSON"
    """The principal is another person than who reported (T-21)."""
    DOCUMENT_USED = "DOCUMENT_USED"
    """The document number stands behind another step of this case already."""
