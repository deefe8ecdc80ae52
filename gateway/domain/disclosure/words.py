"""The words of the table: what a field tells, whose column it is, how much is shown, and on what condition."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class FieldClass(StrEnum):
    """What a field tells of somebody: one row of the table each."""

    IDENTITY = "identity"
    """Code and name of the enterprise, and whether it is in business."""
    GRADE = "grade"
    """Credit grade, scheme and period."""
    LISTING = "listing"
    """Of a listing: that it is in force, its document, who decided, its dates."""
    REASON = "reason"
    """Of a listing: why, in words."""
    ARREARS = "arrears"
    """A finding of arrears: amounts, number of workers. One row of the source with ``REASON``."""
    LISTED_PERSON = "listed_person"
    """That a person of the enterprise is listed, and what that person is to it. No answer has a name."""
    PERSON_NUMBER = "person_number"
    """Number of a person's document."""
    PUBLICATION = "publication"
    """Publication of a major labour violation."""
    PENALTY = "penalty"
    """Administrative penalty."""
    COMPLAINT = "complaint"
    """A complaint, and whatever would tell who complained."""
    WORKER = "worker"
    """Names, wages and accounts of workers; of a referral's claims, for HRSS alone, by references."""
    FIVE_SYSTEMS = "five_systems"
    """The five systems of a project, and the rate of its wage deposit."""
    REFERRAL = "referral"
    """That there is a criminal referral, and how it stands: for who takes part in it alone (T-60)."""
    DOSSIER = "dossier"
    """What a referral consists of: for who can open it alone."""
    CONVICTION = "conviction"
    """An effective judgment."""
    ENDED = "ended"
    """That a record was repaired or has expired. An addition to the class of the record itself."""
    EXAM = "exam"
    """Exam or recruitment record of a person: in no answer about an enterprise (E-11)."""
    INSURANCE = "insurance"
    """Entry of a person on the social-insurance severe list: in no answer about an enterprise (S-06)."""
    ACCESS_LOG = "access_log"
    """Who asked."""
    LICENCE = "licence"
    """Administrative licence. Not in the source."""
    RED_LIST = "red_list"
    """Entry on the red list. Not in the source."""
    CORRECTION = "correction"
    """A withdrawal, or a repair shown elsewhere. Not in the source."""
    OBJECTION = "objection"
    """An objection and its answer. Not in the source."""
    INSPECTION = "inspection"
    """Whatever else inspection holds: violations, incidents, commitments, posts. Not in the source."""
    PREVENTION = "prevention"
    """Clocks and early warnings of an enterprise. Not in the source."""


class Column(StrEnum):
    """Whose column: a role, or of the deciding roles what they decide."""

    HRSS = "hrss"
    BIDDING = "bidding"
    PROCUREMENT = "procurement"
    LICENSING = "licensing"
    QUALIFICATION = "qualification"
    BANK = "bank"
    AWARDS = "awards"
    POLICE = "police"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    AUDITOR = "auditor"
    SUBJECT = "subject"
    CONNECTOR = "connector"
    """Not in the source: what the law shares with the same-level credit platform (L-11, I-31)."""
    PORTAL = "portal"
    """Not in the source: what is public."""


class Level(IntEnum):
    """How much is shown, least first."""

    NEVER = 0
    """Nothing, not even that there is something."""
    REASON_ONLY = 1
    """That it is so, by a word of a closed list, and nothing that names the record."""
    MASKED = 2
    """What it is, who decided, since when and until when; not under which number."""
    FULL = 3


class Condition(StrEnum):
    """What must be so for a cell to grant anything."""

    CASE = "case"
    """The call is made in a case of the caller's own, which it names."""
    PROFILE = "profile"
    """The profile weighs the grade in the area that is asked about."""
    CONSENT = "consent"
    """The person concerned has consented (R-04)."""
    CANDIDATE = "candidate"
    """The person is a candidate for the award. No question about an enterprise names one."""
    DEPOSIT = "deposit"
    """It is asked about a guarantee for a wage deposit."""
    APPROVAL = "approval"
    """The caller names the document of its approval (I-60)."""
    FILED = "filed"
    """The police have filed the case, and say that it may be told."""
    INDICTED = "indicted"
    """The case is indicted."""
    OWN = "own"
    """It is the caller's own: about itself, or its own call."""
    SELF = "self"
    """The caller is the natural person concerned. An enterprise never is."""
