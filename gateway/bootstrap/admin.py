"""What serves ``AdminService``: mandates, policies, revocations and the state of the process."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.bootstrap.config import frame_of
from gateway.bootstrap.policies import StrictReader
from gateway.rpc.admin import AdminServicer
from gateway.rpc.policies import PoliciesServicer
from gateway.rpc.policy_trials import PolicyTrialServicer
from gateway.rpc.revocations import RevocationServicer
from gateway.rpc.status import StatusServicer
from gateway.security.sent_certificates import SentCertificates
from gateway.services.change_mandates import ChangeMandates
from gateway.services.change_policy import ChangePolicy
from gateway.services.dry_run_policy import DryRunPolicy, Recorded
from gateway.services.revoke_certificate import RevokeCertificate
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.past_register import SqlPastFacts
from gateway.storage.queue_spans import QueueSpans

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def admin_methods(shared: Shared) -> list[Method]:
    """Return the methods of those who run the gateway."""
    opened, settings = shared.opened, shared.opened.config.settings
    frame = replace(frame_of(settings), register=opened.config.processing)
    change = ChangeMandates(opened.mandates.store, frame, shared.writer)
    sent = SentCertificates(opened.verifier, settings.trust_domain)
    revoke = RevokeCertificate(opened.revocations, sent, shared.writer)
    return [
        *AdminServicer(change, revoke, settings.limits.load.quota).methods(),
        *RevocationServicer(revoke).methods(),
        *_policies(shared),
        *StatusServicer(opened.status).methods(),
    ]


def _policies(shared: Shared) -> list[Method]:
    opened = shared.opened
    recorded = Recorded(
        spans=QueueSpans(opened.place),
        entries=PlaceQueues(opened.place),
        asked=shared.search,
        facts=SqlPastFacts(opened.history),
        history=opened.history,
        random=secrets.SystemRandom(),
    )
    reader = StrictReader(opened.config.folder / "policy")
    change = ChangePolicy(opened.policies.store, reader, opened.policies.first, shared.writer)
    return [
        *PolicyTrialServicer(reader, DryRunPolicy(recorded, opened.config.policy)).methods(),
        *PoliciesServicer(change).methods(),
    ]
