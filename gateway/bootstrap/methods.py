"""Every method that one serving process serves, by service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.bootstrap.admin import admin_methods
from gateway.bootstrap.audit import audit_methods
from gateway.bootstrap.credit import credit_methods
from gateway.bootstrap.referral import referral_methods
from gateway.bootstrap.registry import registry_methods
from gateway.bootstrap.subject import subject_methods

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def all_methods(shared: Shared) -> list[Method]:
    """Return what the router serves."""
    return [
        *credit_methods(shared),
        *registry_methods(shared),
        *referral_methods(shared.opened),
        *subject_methods(shared),
        *audit_methods(shared),
        *admin_methods(shared),
    ]
