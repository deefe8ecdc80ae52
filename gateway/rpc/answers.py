"""Answers onto the wire: decisions, their basis, positions. It shows what was decided and adds nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import duration_pb2, timestamp_pb2
from jointsanctions.v1 import common_pb2 as pb
from jointsanctions.v1 import credit_pb2

from formats.civil import civil_date, format_instant
from gateway.domain import deposits
from gateway.domain.grades import evaluation_number
from gateway.domain.vocabulary import Effect, MatchQuality, SecurityKind
from gateway.rpc.grade_texts import GRADE_TEXTS
from gateway.rpc.projection import Projections

if TYPE_CHECKING:
    from datetime import timedelta

    from google.protobuf.message import Message

    from gateway.domain.audit import Position
    from gateway.domain.disclosure.sight import Sight
    from gateway.domain.eligibility import Decision, Measure, Subject, Weighed
    from gateway.domain.grades import Grade
    from gateway.domain.incentives import EarnedIncentive
    from gateway.domain.policy import LocalizedText, Policy, SecurityBoundRule
    from gateway.domain.vocabulary import GradeLetter, Word
    from gateway.rpc.projection import Projection
    from gateway.services.check_eligibility import Basis

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY_SECONDS: Final = 86_400
HEAR_FIRST: Final = (
    "该信息存在异议，尚未处理完毕：先由经办人复核并听取当事人意见，再作决定。",
    "An objection to it is open: an officer reviews it and hears the party first, and decides then.",
)
"""What a dispute adds to a measure's instruction, in both languages (C-20)."""


def wire(word: Word) -> Any:  # noqa: ANN401 - the generated types of enums are private to each
    """Return a word of a closed list as the wire's number: they are the same."""
    return int(word)


def instant_pb(moment: datetime) -> timestamp_pb2.Timestamp:
    """Return an instant for the wire."""
    since = moment - EPOCH  # in whole units: FromDatetime takes four times as long, and an answer has several
    return timestamp_pb2.Timestamp(seconds=since.days * DAY_SECONDS + since.seconds, nanos=since.microseconds * 1000)


def write_instant(shown: timestamp_pb2.Timestamp, moment: datetime) -> None:
    """Write an instant into a message that is there already."""
    since = moment - EPOCH
    shown.seconds = since.days * DAY_SECONDS + since.seconds
    shown.nanos = since.microseconds * 1000


def duration_pb(span: timedelta) -> duration_pb2.Duration:
    """Return a span, not negative, for the wire."""
    if span.days < 0:
        raise ValueError("a span on the wire is never negative")
    return duration_pb2.Duration(seconds=span.days * DAY_SECONDS + span.seconds, nanos=span.microseconds * 1000)


def position_pb(writer: str, number: int, leaf: bytes, time: datetime) -> pb.AuditPosition:
    """Return where an entry stands, for the wire."""
    return pb.AuditPosition(writer=writer, number=number, leaf_hash=leaf, recorded_at=instant_pb(time))


def position_bytes(response: Message, position: Position) -> bytes:
    """Return the position as the bytes of its field of *response*, to be appended to the serialized response."""
    holder: Any = type(response)()
    holder.audit_position.CopyFrom(position_pb(position.writer, position.number, position.leaf, position.time))
    return bytes(holder.SerializeToString())


def instruction_pb(text: LocalizedText, *, disputed: bool) -> pb.LocalizedText:
    """Return what to do about a measure; of a disputed one also that the party is heard before anything is decided.

    The effect stays as it is (C-20).
    """
    if not disputed:
        return text_pb(text)
    return pb.LocalizedText(zh=text.zh + HEAR_FIRST[0], en=f"{text.en} {HEAR_FIRST[1]}")


def text_pb(text: LocalizedText) -> pb.LocalizedText:
    """Return a text in both languages for the wire."""
    return pb.LocalizedText(zh=text.zh, en=text.en)


_MEANINGS: Final = {key: text_pb(text) for key, text in GRADE_TEXTS.items()}


class AnswerWriter:
    """Writes decisions taken under one policy."""

    def __init__(self, policy: Policy, rules_digest: str) -> None:
        self._policy = policy
        self._rules_digest = rules_digest
        self._projections = Projections(policy)
        self._grades: dict[tuple[str, GradeLetter, str, bool, str], pb.Grade] = {}
        """As ``_alike`` writes them: some letters, rules and years."""
        self._schemes = {rules.scale.scheme: rules for rules in (policy.grade_rules, *policy.shown_grades)}
        self._bases = {
            key: pb.LegalBasis(
                document=basis.document,
                article=basis.article,
                level=basis.level.value,
                title=pb.LocalizedText(zh=basis.title_zh, en=basis.title_en),
            )
            for key, basis in policy.bases.items()
        }

    def projection(self, sight: Sight) -> Projection:
        """Return what leaves out of messages what *sight* does not reach."""
        return self._projections.of(sight)

    def decision(
        self, decision: Decision, as_of: datetime, amount_fen: int | None, sight: Sight
    ) -> credit_pb2.Decision:
        """Return one decision, without what the caller does not see.

        Args:
            decision: What was decided.
            as_of: The moment that it is about.
            amount_fen: Contract amount of the case, from which caps of security are computed; None when there is none.
            sight: What the caller sees.
        """
        shown = self.weighed(decision.weighed, amount_fen, sight)
        self.name(shown, decision, as_of, sight)
        return shown

    def weighed(self, weighed: Weighed, amount_fen: int | None, sight: Sight) -> credit_pb2.Decision:
        """Return what a decision says whoever it is about, without what the caller does not see; as ``decision``."""
        seen = self.projection(sight)
        earned = seen.incentives(weighed.incentives)
        return credit_pb2.Decision(
            verdict=wire(weighed.verdict),
            measures=[self.measure(measure, amount_fen, seen) for measure in weighed.measures],
            incentives=[self._incentive(each, suspended=weighed.incentives_suspended) for each in earned],
            valid_until=instant_pb(weighed.valid_until),
            unverifiable_because=weighed.doubts,
            rules_not_fired=seen.not_fired(weighed.not_fired),
        )

    def name(self, shown: credit_pb2.Decision, decision: Decision, as_of: datetime, sight: Sight) -> None:
        """Write into *shown* who the decision is about, and the grade."""
        first = decision.subjects[0]
        name_subject(shown.enterprise, first)
        for subject in decision.subjects[1:]:
            name_subject(shown.other_parties.add(), subject)
        seen = self.projection(sight)
        if seen.sees_grade:
            self._write_grade(shown.grade, decision.grade, first.uscc, as_of, with_causes=seen.sees_causes)
            seen.grade(shown.grade)

    def measure(self, measure: Measure, amount_fen: int | None, seen: Projection) -> pb.Measure:
        """Return one measure without what *seen* leaves out; *amount_fen* as for ``decision``."""
        row, ground = measure.row, measure.ground
        shown = pb.Measure(
            rule_id=row.rule_id,
            trigger=wire(ground.trigger),
            effect=wire(measure.effect),
            party_uscc=ground.party_uscc,
            relation=ground.relation.value,
            legal_basis=[self._bases[key] for key in row.basis],
            adopted_by=text_pb(row.adopted_by),
            authority=ground.authority,
            document_number=ground.document_number,
            record_id=ground.record_id,
            listed_on=ground.since.isoformat(),
            effective_from=instant_pb(ground.effective_from),
            ends_by=text_pb(row.ends_by),
            remedy=text_pb(row.remedy),
            instruction=instruction_pb(row.instruction, disputed=ground.disputed),
            disputed=ground.disputed,
            basis_contested=row.basis_contested or measure.basis_lapsed,
            provenance=wire(ground.provenance),
        )
        if ground.effective_until is not None:
            shown.effective_until.CopyFrom(instant_pb(ground.effective_until))
        if row.security is not None and measure.effect is Effect.RAISE_SECURITY:
            shown.security_bound.CopyFrom(self._security(row.security, amount_fen or 0))
        seen.measure(shown, measure)
        return shown

    def _security(self, bound: SecurityBoundRule, amount_fen: int) -> pb.SecurityBound:
        """Return how far security may be raised; of a wage deposit also what the raise comes to (D-06, D-09)."""
        shown = pb.SecurityBound(
            kind=bound.kind.name,
            surcharge_percent=bound.surcharge_percent,
            cap_basis_points=bound.cap_basis_points,
            cap_fen=bound.cap_fen(amount_fen),
        )
        if bound.kind is SecurityKind.WAGE_DEPOSIT:
            raised = deposits.raised(bound.surcharge_percent, amount_fen, self._policy.deposits)
            shown.cap_fen = raised.cap_fen
            shown.ordinary_rate_from, shown.ordinary_rate_to = raised.ordinary_from, raised.ordinary_to
            if raised.rate_basis_points is not None and raised.amount_fen is not None:
                shown.raised_rate_basis_points, shown.raised_fen = raised.rate_basis_points, raised.amount_fen
        return shown

    def _incentive(self, earned: EarnedIncentive, *, suspended: bool) -> pb.Incentive:
        incentive = earned.incentive
        return pb.Incentive(
            rule_id=incentive.rule_id,
            entitlement=text_pb(incentive.entitlement),
            suspended=suspended,
            local_more_generous=earned.local_more_generous,
            legal_basis=[self._bases[key] for key in incentive.basis],
        )

    def seen_grade(self, grade: Grade, uscc: str, as_of: datetime, seen: Projection) -> pb.Grade | None:
        """Return as much of the grade as the caller sees; None, for an absent field, when that is nothing."""
        if not seen.sees_grade:
            return None
        shown = pb.Grade()
        self._write_grade(shown, grade, uscc, as_of, with_causes=seen.sees_causes)
        seen.grade(shown)
        return shown

    def grade(self, grade: Grade, uscc: str, as_of: datetime, *, with_causes: bool) -> pb.Grade:
        """Return the grade at *as_of*, of whichever scheme; its facts only where the caller may see them."""
        shown = pb.Grade()
        self._write_grade(shown, grade, uscc, as_of, with_causes=with_causes)
        return shown

    def _alike(self, grade: Grade, as_of: datetime) -> pb.Grade:
        """Return what all grades of this kind say in a period, whoever has them; it is kept and not to be changed."""
        scale = grade.scale
        period = self._schemes[scale.scheme].period_at(as_of)
        key = (scale.scheme, grade.letter, grade.rule_id, grade.confirmation_due, period)
        found = self._grades.get(key)
        if found is None:
            found = self._grades[key] = pb.Grade(
                scheme=scale.scheme,
                scheme_version=scale.version,
                territory=scale.territory,
                letter=wire(grade.letter),
                period=period,
                rule_id=grade.rule_id,
                confirmation_due=grade.confirmation_due,
                explanation=_MEANINGS[scale.scheme, grade.letter],
            )
        return found

    def _write_grade(self, shown: pb.Grade, grade: Grade, uscc: str, as_of: datetime, *, with_causes: bool) -> None:
        shown.CopyFrom(self._alike(grade, as_of))
        shown.evaluation_number = evaluation_number(uscc, grade)
        if grade.held_since is not None:
            write_instant(shown.held_since, grade.held_since)
        if grade.changes_at is not None:
            write_instant(shown.changes_at, grade.changes_at)
        for cause in grade.causes if with_causes else ():
            shown.facts.add(
                record_id=cause.record_id,
                kind=cause.kind,
                document_number=cause.document_number,
                counts_from=civil_date(cause.counts_from).isoformat(),
                counts_until=civil_date(cause.counts_until).isoformat() if cause.counts_until else "",
            )

    def told_basis(self, basis: Basis) -> dict[str, object]:
        """Return what is recorded of what an answer rests on: enough to derive it again (promise 5)."""
        told: dict[str, object] = {
            "policy": {
                "profile": self._policy.profile,
                "version": self._policy.version,
                "digest": self._policy.digest,
            },
            "rules": self._rules_digest,
            "revision": basis.revision,
            "as_of": format_instant(basis.as_of),
        }
        if basis.known_at is not None:
            told["known_at"] = format_instant(basis.known_at)
        if basis.preview:
            told["preview"] = True
        return told

    def plain_basis(self, revision: int, as_of: datetime) -> pb.AnswerBasis:
        """Return what a read rests on that decides nothing."""
        return pb.AnswerBasis(
            policy_profile=self._policy.profile,
            policy_version=self._policy.version,
            policy_digest=self._policy.digest,
            rules_digest=self._rules_digest,
            data_revision=revision,
            as_of=instant_pb(as_of),
        )

    def basis(self, basis: Basis) -> pb.AnswerBasis:
        """Return what an answer rests on."""
        shown = self.plain_basis(basis.revision, basis.as_of)
        shown.replica_lag.CopyFrom(duration_pb(basis.replica_lag))
        shown.preview = basis.preview
        if basis.known_at is not None:
            shown.known_at.CopyFrom(instant_pb(basis.known_at))
        for age in basis.source_ages:
            entry = shown.source_ages.add(feed=age.feed, limit=duration_pb(age.limit), fresh=age.fresh)
            if age.age is not None:
                entry.age.CopyFrom(duration_pb(age.age))
        return shown


def name_subject(shown: pb.IdentifiedEnterprise, subject: Subject) -> None:
    """Write into *shown* a party as identified."""
    shown.uscc = subject.uscc
    shown.name = subject.name
    shown.name_sent = subject.name_sent
    shown.known = subject.match is not MatchQuality.UNKNOWN
    shown.match_quality = wire(subject.match)


def identified_pb(uscc: str, name: str, name_sent: str, match: MatchQuality) -> pb.IdentifiedEnterprise:
    """Return an enterprise as identified: its code, its name on record, the one that was sent, and how surely."""
    return pb.IdentifiedEnterprise(
        uscc=uscc,
        name=name,
        name_sent=name_sent,
        known=match is not MatchQuality.UNKNOWN,
        match_quality=wire(match),
    )
