"""``AdminService.DryRunPolicy`` on the wire. It translates; what is compared is decided elsewhere.

Who runs the gateway is told of no enterprise: of a sample, only where questions are recorded. Enterprises are named by
HRSS alone, which sees whole records.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import policy_pb2 as pb

from formats.civil import civil_date, format_instant
from gateway.domain.agencies import Role
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError, RoleNotPermittedError
from gateway.rpc import fields
from gateway.rpc.answers import wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.policy_requests import fault_pb, read_text
from gateway.rpc.questions import read_code

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import Area, Verdict
    from gateway.rpc.method import Call
    from gateway.services.dry_run_policy import Changed, DryRun, DryRunPolicy, Example
    from gateway.services.ports.policies import PolicyReader

SAMPLE: Final = 100
SAMPLE_LIMIT: Final = 500
ENTERPRISES: Final = 50
FAULTS: Final = 100
SPAN: Final = timedelta(days=30)


class PolicyTrialServicer:
    """Hands trials to their use case."""

    def __init__(self, reader: PolicyReader, dry_run: DryRunPolicy) -> None:
        self._reader = reader
        self._dry_run = dry_run
        self._one = asyncio.Semaphore(1)
        """Trials follow one another: they compute, and calls are answered beside them."""

    def methods(self) -> list[Method]:
        """Return the method with the roles that it is for."""
        roles = frozenset({Role.OPERATOR, Role.PRODUCER})
        return [Method("AdminService/DryRunPolicy", pb.DryRunPolicyRequest, roles, run=self.dry_run)]

    async def dry_run(self, request: pb.DryRunPolicyRequest, call: Call) -> Reply:
        """See policy.proto."""
        if call.agency.role is Role.PRODUCER and not call.agency.sees_whole_records:
            raise RoleNotPermittedError("a producer that does not see whole records tries no policy")
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.enterprises and not call.agency.sees_whole_records:
            raise FieldNotInMandateError("enterprises", "who runs the gateway is told of no enterprise")
        if request.enterprises and request.sample:
            raise MalformedRequestError("sample", "is not for enterprises that are named")
        if len(request.enterprises) > ENTERPRISES:
            raise MalformedRequestError("enterprises", f"must be at most {ENTERPRISES}")
        if request.sample > SAMPLE_LIMIT:
            raise MalformedRequestError("sample", f"must be 1 to {SAMPLE_LIMIT}")
        codes = [read_code(each, f"enterprises[{place}]")[0] for place, each in enumerate(request.enterprises)]
        since = fields.instant(request.since, "since") if request.HasField("since") else call.now - SPAN
        text = read_text(request.policy, "policy")
        told: dict[str, object] = {"profile": text.profile}
        call.told["dry_run"] = told
        if codes:
            call.told["enterprises"] = codes
        else:
            told["since"] = format_instant(since)
        async with self._one:
            read = await asyncio.to_thread(self._reader.read, text, civil_date(call.now))
            if read.policy is None or read.faults:
                told["faults"] = len(read.faults)
                return Reply(
                    pb.DryRunPolicyResponse(
                        faults=[fault_pb(each) for each in read.faults[:FAULTS]], fault_count=len(read.faults)
                    )
                )
            told["digest"] = read.policy.digest
            run = await asyncio.to_thread(self._tried, read.policy, call.now, codes, (request.sample or SAMPLE, since))
        told |= told_run(run)
        return Reply(_response(read.policy, run, named=bool(codes)))

    def _tried(self, policy: Policy, now: datetime, codes: list[str], drawn: tuple[int, datetime]) -> DryRun:
        if codes:
            return self._dry_run.of_enterprises(policy, now, codes)
        return self._dry_run.of_sample(policy, now, *drawn)


def told_run(run: DryRun) -> dict[str, object]:
    """Return what is recorded of a trial: on how many questions, and how many of them would be answered otherwise."""
    return {
        "revision": run.revision,
        "looked_at": run.looked_at,
        "decided": run.decided,
        "changed": run.decided - run.unchanged,
        "refused": sum(run.refusals.values()),
        "not_askable": run.not_askable,
    }


def _response(policy: Policy, run: DryRun, *, named: bool) -> pb.DryRunPolicyResponse:
    changes = [
        _change(key, changed, named=named) for key, changed in sorted(run.changes.items(), key=lambda item: item[0])
    ]
    refusals = [
        pb.DryRunRefusal(area=wire(area), field=field, answers=count)
        for (area, field), count in sorted(run.refusals.items())
    ]
    return pb.DryRunPolicyResponse(
        policy_version=policy.version,
        policy_digest=policy.digest,
        looked_at=run.looked_at,
        decided=run.decided,
        unchanged=run.unchanged,
        changes=changes,
        refusals=refusals,
        not_askable=run.not_askable,
        data_revision=run.revision,
    )


def _change(key: tuple[Area, Verdict, Verdict], changed: Changed, *, named: bool) -> pb.DryRunChange:
    area, before, after = key
    return pb.DryRunChange(
        area=wire(area),
        verdict_before=wire(before),
        verdict_after=wire(after),
        answers=changed.answers,
        examples=[_example(each, named=named) for each in changed.examples],
    )


def _example(example: Example, *, named: bool) -> pb.DryRunExample:
    place = example.place
    return pb.DryRunExample(
        writer=place.writer,
        number=place.number,
        item=place.item,
        decision_point=wire(example.point),
        rules_before=example.rules_before,
        rules_after=example.rules_after,
        uscc=example.uscc if named else "",
    )
