"""``AdminService.GetStatus`` on the wire: for the operator, who is told nothing of any enterprise (R-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import status_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.complaints import complaints, healthy
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, text_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.status_texts import ADVICE, TEXTS

if TYPE_CHECKING:
    from gateway.domain.complaints import Complaint
    from gateway.domain.referral_stuck import ReferralFigures
    from gateway.domain.status import (
        Ends,
        FeedAge,
        LogFigures,
        OwedEvents,
        PolicyFigures,
        RecordFigures,
        Status,
        Versions,
    )
    from gateway.rpc.method import Call
    from gateway.services.get_status import GetStatus


class StatusServicer:
    """Hands the look to its use case."""

    def __init__(self, status: GetStatus) -> None:
        self._status = status

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        operators = frozenset({Role.OPERATOR})
        return [Method("AdminService/GetStatus", pb.GetStatusRequest, operators, run=self.get_status)]

    async def get_status(self, request: pb.GetStatusRequest, call: Call) -> Reply:
        """See status.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        return Reply(response_of(await self._status()))


def response_of(status: Status) -> pb.GetStatusResponse:
    """Return a status for the wire, without the position of its call."""
    found = complaints(status)
    load, keys = status.load, status.person_keys
    return pb.GetStatusResponse(
        now=instant_pb(status.now),
        name=status.name,
        started_at=instant_pb(status.started_at),
        healthy=healthy(found),
        complaints=[_complaint(each) for each in found],
        versions=_versions(status.versions, status.policy),
        freshness=_freshness(status),
        record=_record(status.record),
        ends=_ends(status.ends),
        disks=[
            pb.StatusDisk(
                what=what,
                free_bytes=free,
                least_bytes=int(status.limits.least_free),
                size_bytes=status.sizes.get(what, 0),
            )
            for what, free in sorted(status.free.items())
        ],
        load=pb.StatusLoad(
            in_flight=load.in_flight,
            streams=load.streams,
            refused=[pb.StatusRefusals(reason=reason, count=n) for reason, n in sorted(load.refused.items())],
            owed_events=_owed(status.owed_events),
            referrals=_referrals(status.referrals),
        ),
        person_keys=pb.StatusPersonKeys(active=keys.active, count=keys.count),
        next_review=status.next_review.isoformat() if status.next_review is not None else "",
        log=_log(status.log),
    )


def _complaint(complaint: Complaint) -> pb.StatusComplaint:
    return pb.StatusComplaint(
        trouble=wire(complaint.trouble),
        about=complaint.about,
        measured=complaint.measured,
        broken=complaint.broken,
        text=text_pb(TEXTS[complaint.trouble]),
        advice=text_pb(ADVICE[complaint.trouble]),
    )


def _versions(versions: Versions, policy: PolicyFigures) -> pb.StatusVersions:
    shown = pb.StatusVersions(
        software=versions.software,
        policy_profile=versions.profile,
        policy_version=versions.policy,
        policy_digest=versions.policy_digest,
        rules_digest=versions.rules_digest,
        calendar_version=versions.calendar,
        settings_digest=versions.settings_digest,
        agencies_digest=versions.agencies_digest,
        processing_digest=versions.processing_digest,
        policy_number=policy.number,
        waiting_policy=policy.waiting,
    )
    if policy.next_at is not None:
        shown.next_policy_at.FromDatetime(policy.next_at)
    return shown


def _freshness(status: Status) -> pb.StatusFreshness:
    shown = pb.StatusFreshness(data_revision=status.revision, source_ages=[_source_age(feed) for feed in status.feeds])
    shown.replica_lag.FromTimedelta(status.lag)
    shown.replica_lag_limit.FromTimedelta(status.lag_limit)
    shown.clock_skew.FromTimedelta(status.skew)
    shown.clock_skew_limit.FromTimedelta(status.skew_limit)
    return shown


def _source_age(feed: FeedAge) -> common_pb2.SourceAge:
    shown = common_pb2.SourceAge(feed=feed.feed, fresh=feed.fresh)
    shown.limit.FromTimedelta(feed.limit)
    if feed.age is not None:
        shown.age.FromTimedelta(feed.age)
    return shown


def _record(figures: RecordFigures) -> pb.StatusRecord:
    shown = pb.StatusRecord(
        writer=figures.writer,
        entries=figures.entries,
        pending=figures.pending,
        pending_limit=figures.pending_limit,
        failed=figures.failed,
        commits=figures.commits,
        committed=figures.committed,
        last_batch=figures.last_batch,
    )
    shown.last_commit.FromTimedelta(timedelta(microseconds=figures.last_commit_us))
    return shown


def _log(figures: LogFigures) -> pb.StatusLog:
    day = figures.day_to_index
    shown = pb.StatusLog(
        origin=figures.origin,
        signed=figures.signed,
        waiting=figures.waiting,
        day_to_index="" if day is None else day.isoformat(),
    )
    if figures.since is not None:
        shown.since.FromDatetime(figures.since)
    return shown


def _owed(figures: OwedEvents) -> pb.StatusOwedEvents:
    shown = pb.StatusOwedEvents(count=figures.count, overdue=figures.overdue)
    if figures.oldest is not None:
        shown.oldest.FromDatetime(figures.oldest)
    return shown


def _referrals(figures: ReferralFigures) -> pb.StatusReferrals:
    return pb.StatusReferrals(
        clocks_overdue=figures.clocks,
        not_delivered=figures.not_delivered,
        not_opened=figures.not_opened,
        uploads_stuck=figures.uploads,
    )


def _ends(ends: Ends) -> pb.StatusEnds:
    instants = {
        "certificate": ends.certificate,
        "next_authority": ends.next_authority,
        "last_authority": ends.authority,
        "revocations_written": ends.revocations_written,
        "revocations": ends.revocations,
        "last_revoked": ends.last_revoked,
    }
    shown = {name: instant_pb(each) for name, each in instants.items() if each is not None}
    return pb.StatusEnds(revoked_certificates=ends.revoked_certificates, **shown)
