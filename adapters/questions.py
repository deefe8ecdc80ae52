"""What a deciding system asks: the case, and who applies.

Values and the checks that need no gateway. What is refused here is refused before anything is sent or written down, so
that a person's number typed into the wrong field stays where it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.errors import QuestionRefusedError
from adapters.numbers import refuse_number
from formats.identifiers import UsccError, plausible_uscc

MOST_PARTIES = 20
"""Members, and likewise related parties, that one question may name (credit.proto)."""


_folded = lru_cache(maxsize=4096)(plausible_uscc)
"""A code is read several times for each question, and it is the same each time."""


@dataclass(frozen=True, slots=True)
class Party:
    """One enterprise as the deciding system names it.

    Attributes:
        uscc: Unified social credit code in any of the forms that are folded (I-01).
        name: Full name, at most 300 bytes; compared when sent, never used to find. Empty: not sent.
    """

    uscc: str
    name: str = ""

    def code(self, field: str) -> str:
        """Return the code in its normal form.

        Its check character is left to the gateway, which knows the codes that were issued against the standard.

        Raises:
            QuestionRefusedError: It has not the form of a code, or is a person's number; *field* is named.
        """
        try:
            return _folded(self.uscc)
        except UsccError as error:
            raise malformed(f"{field}.uscc", error.en) from error

    def check(self, field: str) -> str:
        """Return ``code``, and refuse a name that is too long or holds a resident's number; raises as ``code``."""
        if self.name:
            within(f"{field}.name", self.name, 300)
        return self.code(field)

    def write(self, message: common_pb2.EnterpriseRef, field: str) -> None:
        """Write it into *message*; raises as ``check``."""
        message.uscc, message.name = self.check(field), self.name

    def to_pb(self, field: str) -> common_pb2.EnterpriseRef:
        """Return the wire's form; raises as ``check``."""
        message = common_pb2.EnterpriseRef()
        self.write(message, field)
        return message


@dataclass(frozen=True, slots=True)
class Related:
    """A party known to be related to the one that applies; it weighs at most REVIEW (A-101).

    Attributes:
        party: Who it is.
        relation: What it is to the applicant, in words, at most 64 bytes.
    """

    party: Party
    relation: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who is to go ahead, together.

    Attributes:
        lead: The enterprise itself, or the lead of a consortium.
        members: All *other* members of the consortium, in any order (A-102); empty when it comes alone.
        consortium: It comes as a consortium, and so must name its members.
        related: Related parties.
        facts: Facts of the case for this applicant; None where the area needs none.
    """

    lead: Party
    members: tuple[Party, ...] = ()
    consortium: bool = False
    related: tuple[Related, ...] = ()
    facts: credit_pb2.CaseFacts | None = None

    def codes(self) -> frozenset[str]:
        """Return the codes of the lead and of all members.

        Raises:
            QuestionRefusedError: A code is malformed, one enterprise is named twice, or form and members do not fit.
        """
        if self.consortium != bool(self.members):
            why = "a consortium names all its other members (A-102)" if self.consortium else "who comes alone has none"
            raise malformed("consortium_members", why)
        lead = self.lead.code("enterprise")
        if not self.members:
            return frozenset((lead,))
        codes = [lead, *(party.code(f"consortium_members[{i}]") for i, party in enumerate(self.members))]
        if len(set(codes)) < len(codes):
            raise malformed("consortium_members", "an enterprise is named twice")
        return frozenset(codes)


@dataclass(frozen=True, slots=True)
class Case:
    """The asking system's own case.

    Attributes:
        case_ref: Its number, 1 to 128 bytes (A-120).
        officer: Who asks, as the agency names its officers, 1 to 64 bytes.
        part: Part of the case that is decided on its own, such as a lot, at most 64 bytes; empty: the whole.
        purpose: Free text for the record, at most 256 bytes; empty: the agency's own (``AreaRules.purpose``).
    """

    case_ref: str
    officer: str
    part: str = ""
    purpose: str = ""

    def check(self) -> None:
        """Refuse what the gateway would refuse.

        Raises:
            QuestionRefusedError: A field is missing or too long, or holds a resident's number.
        """
        required("question.case_ref", self.case_ref, 128)
        required("question.officer", self.officer, 64)
        if self.part:
            within("part", self.part, 64)
        if self.purpose:
            within("question.purpose", self.purpose, 256)


def applicant_of(request: credit_pb2.CheckEligibilityRequest) -> Applicant:
    """Return whom a kept question is about, with the facts of its case, so that an answer is judged by them again."""
    members = tuple(Party(each.uscc, each.name) for each in request.consortium_members)
    related = tuple(
        Related(Party(each.enterprise.uscc, each.enterprise.name), each.relation) for each in request.related_parties
    )
    facts = request.question.case_facts if request.question.HasField("case_facts") else None
    lead = Party(request.enterprise.uscc, request.enterprise.name)
    return Applicant(lead, members, bool(members), related, facts)


def malformed(field: str, why: str) -> QuestionRefusedError:
    """Return the refusal of one field, in the words that the gateway would use."""
    return QuestionRefusedError(f"{field}: {why}", reason="MALFORMED_REQUEST", field=field)


def required(field: str, text: str, limit: int) -> None:
    """Refuse a text that is blank or longer than *limit* bytes; raises ``QuestionRefusedError``."""
    if not text.strip():
        raise malformed(field, "it is required")
    within(field, text, limit)


def within(field: str, text: str, limit: int) -> None:
    """Refuse a text that is longer than *limit* bytes of UTF-8, or holds a resident's number.

    Raises:
        QuestionRefusedError: Naming the field; a number is shown masked.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise malformed(field, "it is no valid Unicode") from error
    if size > limit:
        raise malformed(field, f"it has {size} bytes, and at most {limit} are taken")
    refuse_number(field, text)
