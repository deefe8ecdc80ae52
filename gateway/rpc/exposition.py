"""A status and the counts of calls as metric families, and these in Prometheus' text format.

Labels are words of ours: methods, outcomes, feeds of the configuration, folders. Nothing that a caller sent, no agency
and no enterprise is one. Names follow Prometheus' conventions: base units, ``_total`` for what only grows.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from gateway.domain.complaints import complaints, healthy
from gateway.rpc.exposed_process import process_families, shared_families
from gateway.rpc.families import by, counted, gauge
from gateway.services.count_calls import BOUNDS_US

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from prometheus_client.core import Metric

    from gateway.domain.figures import ProcessFigures
    from gateway.domain.status import RecordFigures, Status
    from gateway.services.count_calls import CallCounts

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
MICRO: Final = 1e6
_EDGES: Final = (*(f"{bound / MICRO:g}" for bound in BOUNDS_US), "+Inf")


def exposition(status: Status, counts: CallCounts, figures: ProcessFigures) -> bytes:
    """Return all metrics as text, UTF-8."""
    return bytes(generate_latest(_Families(families(status, counts, figures))))


def families(status: Status, counts: CallCounts, figures: ProcessFigures) -> list[Metric]:
    """Return all metrics."""
    told = [*_calls(status, counts), *_record(status.record), *_fresh(status), *_places(status), *_log(status)]
    told += _owed(status)
    told.append(_stuck(status))
    return [*told, *shared_families(status, figures), *process_families(status, figures)]


class _Families:
    """What ``generate_latest`` collects from."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _calls(status: Status, counts: CallCounts) -> Iterator[Metric]:
    said = "Calls by method and outcome, as recorded; a message of a stream is one."
    yield counted("jsg_calls", said, ("method", "outcome"), counts.calls.items())
    verdicts = {(area.name, verdict.name): number for (area, verdict), number in counts.verdicts.items()}
    said = "Verdicts that were answered, by area; each item of a batch is one."
    yield counted("jsg_verdicts", said, ("area", "verdict"), verdicts.items())
    took = HistogramMetricFamily(
        "jsg_call_seconds", "From the arrival of an answered call to its sealing.", labels=["method"]
    )
    for method, latencies in sorted(counts.latencies.items()):
        buckets = list(zip(_EDGES, map(float, accumulate(latencies.buckets)), strict=True))
        took.add_metric([method], buckets, latencies.microseconds / MICRO)
    yield took
    refused = {(reason,): number for reason, number in status.load.refused.items()}
    yield counted("jsg_refusals", "Calls refused, by reason.", ("reason",), refused.items())
    yield GaugeMetricFamily("jsg_calls_in_flight", "Admitted calls under way, streams included.", status.load.in_flight)
    yield GaugeMetricFamily("jsg_open_streams", "Open streams.", status.load.streams)


def _record(record: RecordFigures) -> Iterator[Metric]:
    yield CounterMetricFamily("jsg_record_commits", "Commits of the audit queue.", record.commits)
    yield CounterMetricFamily("jsg_record_committed_entries", "Entries in those commits.", record.committed)
    yield CounterMetricFamily("jsg_record_commit_seconds", "Time that those commits took.", record.commit_us / MICRO)
    yield gauge("jsg_record_last_commit_seconds", "How long the last commit took.", record.last_commit_us / MICRO)
    yield gauge("jsg_record_last_batch_entries", "Entries in the last commit.", record.last_batch)
    yield gauge("jsg_record_pending_entries", "Entries that wait for the disk.", record.pending)
    yield gauge("jsg_record_pending_limit_entries", "How many may wait.", record.pending_limit)
    yield gauge("jsg_record_entries", "Entries in the queue.", record.entries)
    yield gauge("jsg_record_failed", "1 when a commit has failed.", record.failed)


def _fresh(status: Status) -> Iterator[Metric]:
    yield gauge("jsg_healthy", "1 when nothing is broken.", healthy(complaints(status)))
    broken = GaugeMetricFamily(
        "jsg_complaints", "What is in disorder; broken=false is only coming.", labels=["trouble", "broken"]
    )
    told: dict[tuple[str, str], int] = {}
    for each in complaints(status):
        key = (each.trouble.name, str(each.broken).lower())
        told[key] = told.get(key, 0) + 1
    for (trouble, sort), number in told.items():
        broken.add_metric([trouble, sort], number)
    yield broken
    yield gauge("jsg_started_timestamp_seconds", "When the process began.", status.started_at.timestamp())
    yield gauge("jsg_data_revision", "Newest data revision that is served.", status.revision)
    yield gauge("jsg_replica_lag_seconds", "How far the node is behind its store.", status.lag.total_seconds())
    yield gauge("jsg_clock_skew_seconds", "By how much the clock is ahead of the store's.", status.skew.total_seconds())
    ages = {each.feed: each.age.total_seconds() if each.age is not None else math.inf for each in status.feeds}
    yield by("jsg_source_age_seconds", "Since a feed was confirmed; +Inf when it never was.", "feed", ages)
    limits = {each.feed: each.limit.total_seconds() for each in status.feeds}
    yield by("jsg_source_age_limit_seconds", "Beyond which answers are UNVERIFIABLE.", "feed", limits)


def _places(status: Status) -> Iterator[Metric]:
    ends = {
        "certificate": status.ends.certificate,
        "next_authority": status.ends.next_authority,
        "last_authority": status.ends.authority,
        "revocations": status.ends.revocations,
    }
    left = {what: _left(end, status.now) for what, end in ends.items() if end is not None}
    yield by("jsg_expiry_seconds", "Until what it names ends; negative when it has.", "what", left)
    yield gauge(
        "jsg_unreadable_files", "Certificate and revocation files that cannot be read.", len(status.ends.unreadable)
    )
    written = status.ends.revocations_written
    if written is not None:
        yield gauge("jsg_revocations_age_seconds", "Age of the list of revocations.", -_left(written, status.now))
    yield by("jsg_disk_free_bytes", "Free disk where it lies.", "what", status.free)
    yield gauge("jsg_persons_key_active", "Number of the key that seals; 0 when none can.", status.person_keys.active)
    if status.next_review is not None:
        days = (status.next_review - status.today).days
        yield gauge("jsg_assessment_review_days", "Days until an impact assessment is over.", days)
    if status.next_basis_review is not None:
        days = (status.next_basis_review - status.today).days
        yield gauge("jsg_basis_review_days", "Days until the yearly review of a legal basis is due.", days)


def _log(status: Status) -> Iterator[Metric]:
    log = status.log
    yield gauge("jsg_log_signed_entries", "Entries under the newest checkpoint of the log.", log.signed)
    yield gauge("jsg_log_waiting_entries", "Entries that no signed checkpoint covers.", log.waiting)
    waits = (status.now - log.since).total_seconds() if log.since is not None else 0.0
    yield gauge("jsg_log_waits_seconds", "Since the oldest of these was recorded.", math.inf if log.fault else waits)


def _owed(status: Status) -> Iterator[Metric]:
    owed = status.owed_events
    yield gauge("jsg_case_events_owed", "Events of cases in hand that no agency has acknowledged.", owed.count)
    yield gauge("jsg_case_events_overdue", "Those whose day for acknowledging is over.", owed.overdue)
    waits = (status.now - owed.oldest).total_seconds() if owed.oldest is not None else 0.0
    age = math.inf if owed.fault else waits
    yield gauge("jsg_case_events_oldest_seconds", "Since the oldest of these was seen; +Inf if not counted.", age)


def _stuck(status: Status) -> Metric:
    found = status.referrals
    figures = {
        "clocks_overdue": found.clocks,
        "not_delivered": found.not_delivered,
        "not_opened": found.not_opened,
        "uploads": found.uploads,
    }
    values = {what: math.inf if found.fault else figure for what, figure in figures.items()}
    return by("jsg_referrals_stuck", "What open referrals wait for; +Inf if not counted.", "what", values)


def _left(end: datetime, now: datetime) -> float:
    return (end - now).total_seconds()
