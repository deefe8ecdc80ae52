"""One clock onto the wire, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import clock_pb2 as pb

from formats.civil import civil_date
from gateway.rpc.answers import instant_pb, text_pb, wire

if TYPE_CHECKING:
    from gateway.domain.running_clocks import RunningClock


def clock_pb(clock: RunningClock) -> pb.Clock:
    """Return a clock as it stands."""
    rule, deadline = clock.rule, clock.deadline
    moved = deadline.rolled != deadline.unrolled
    return pb.Clock(
        clock_id=rule.clock_id,
        title=text_pb(rule.title),
        source=rule.source,
        confirmed=rule.confirmed,
        object_id=clock.object_id,
        uscc=clock.uscc,
        authority=clock.authority,
        holder=rule.holder.value,
        kind=rule.kind.value,
        started_on=clock.start.isoformat(),
        due_on=deadline.due_on.isoformat(),
        due_on_unmoved=deadline.unrolled.isoformat() if moved else "",
        due_on_moved=deadline.rolled.isoformat() if moved else "",
        provisional=deadline.provisional,
        ends_at=instant_pb(deadline.ends_at),
        done_on=civil_date(clock.done_at).isoformat() if clock.done_at else "",
        colour=wire(clock.colour),
        alarm=clock.alarm,
        agency=clock.agency,
        due_on_working_days=clock.due_on_working_days.isoformat() if clock.due_on_working_days else "",
    )
