"""``SubjectService`` on the wire: what an enterprise is told about itself, without anything about others.

No record id leaves here, and complaints are counted: their dates and numbers would tell who complained. A referral is
no fact of any grade, and so cannot show (T-60).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import subject_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.policy import LocalizedText
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, text_pb
from gateway.rpc.explain_grade import identified, read_party
from gateway.rpc.grade_change_texts import CAUSES, change_text, stretch_text
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.grades import Grade, GradeCause
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.services.explain_grade import ExplainGrade, SchemeExplained

COMPLAINTS = frozenset({"complaint", "complaint owed"})
"""Kinds of causes that are counted and not shown one by one."""


class SubjectServicer:
    """Hands each call to its use case, and back what the enterprise may know of it."""

    def __init__(self, explain: ExplainGrade, answers: AnswerWriter) -> None:
        self._explain = explain
        self._answers = answers

    def methods(self) -> list[Method]:
        """Return the service's methods, each with the roles that it is for."""
        request = pb.GetOwnGradeRequest
        return [Method("SubjectService/GetOwnGrade", request, frozenset({Role.SUBJECT}), run=self.get_own_grade)]

    async def get_own_grade(self, request: pb.GetOwnGradeRequest, call: Call) -> Reply:
        """See subject.proto."""
        tell_who_asks(request, call)
        fields.case_reference(request.case_ref, "case_ref")
        fields.required(request.officer, "officer", 64)
        party = read_party(request.enterprise, call)
        explained = await self._explain(party, call.now, None, call.agency.territory)
        call.told["revision"] = explained.revision
        return Reply(
            pb.GetOwnGradeResponse(
                enterprise=identified(explained, party),
                grades=[self._grade(each, party.uscc, call.now) for each in explained.schemes],
                basis=self._answers.plain_basis(explained.revision, explained.as_of),
            )
        )

    def _grade(self, explained: SchemeExplained, uscc: str, as_of: datetime) -> pb.OwnGrade:
        outlook = explained.outlook
        return pb.OwnGrade(
            weighs=explained.weighs,
            grade=self._answers.grade(outlook.grade, uscc, as_of, with_causes=False),
            facts=list(_facts(outlook.grade)),
            changes=[text_pb(change_text(change, as_of, _named)) for change in outlook.changes],
            ahead=[text_pb(stretch_text(each)) for each in outlook.ahead],
        )


def _facts(grade: Grade) -> Iterable[pb.OwnGradeFact]:
    for kind in sorted({cause.kind for cause in grade.causes}):
        causes = [cause for cause in grade.causes if cause.kind == kind]
        if kind in COMPLAINTS:
            yield _counted(kind, causes)
        else:
            yield from (_shown(cause) for cause in causes)


def _counted(kind: str, causes: list[GradeCause]) -> pb.OwnGradeFact:
    incidents = len({cause.incident_id or cause.record_id for cause in causes})
    shown = pb.OwnGradeFact(kind=kind, count=incidents, text=text_pb(CAUSES[kind]))
    ends = [cause.counts_until for cause in causes if cause.counts_until is not None]
    if len(ends) == len(causes):
        shown.counts_until.CopyFrom(instant_pb(max(ends)))
    return shown


def _shown(cause: GradeCause) -> pb.OwnGradeFact:
    shown = pb.OwnGradeFact(
        kind=cause.kind,
        count=1,
        document_number=cause.document_number,
        counts_from=instant_pb(cause.counts_from),
        text=text_pb(CAUSES[cause.kind]),
    )
    if cause.counts_until is not None:
        shown.counts_until.CopyFrom(instant_pb(cause.counts_until))
    return shown


def _named(cause: GradeCause) -> LocalizedText:
    """Call a record by its kind, and by its document unless that is a complaint's."""
    kind = CAUSES[cause.kind]
    if cause.kind in COMPLAINTS or not cause.document_number:
        return kind
    return LocalizedText(f"{kind.zh}({cause.document_number})", f"{kind.en} ({cause.document_number})")
