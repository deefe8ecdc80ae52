"""What serves ``AdminService``: mandates and the state of the process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.bootstrap.config import frame_of
from gateway.rpc.admin import AdminServicer
from gateway.rpc.status import StatusServicer
from gateway.services.change_mandates import ChangeMandates

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def admin_methods(shared: Shared) -> list[Method]:
    """Return the methods of those who run the gateway."""
    opened, settings = shared.opened, shared.opened.config.settings
    frame = replace(frame_of(settings), register=opened.config.processing)
    change = ChangeMandates(opened.mandates.store, frame, shared.writer)
    return [
        *AdminServicer(change, settings.limits.load.quota).methods(),
        *StatusServicer(opened.status).methods(),
    ]
