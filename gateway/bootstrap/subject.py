"""What serves ``SubjectService``: what an enterprise may know and object to, and what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.rpc.objections import ObjectionsServicer
from gateway.rpc.publishable import PublishableServicer
from gateway.rpc.subject import SubjectServicer
from gateway.rpc.who_asked import WhoAskedServicer
from gateway.services.list_who_asked import ListWhoAsked
from gateway.services.objections import Objections
from gateway.storage.objections import SqlObjectionStore

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def subject_methods(shared: Shared) -> list[Method]:
    """Return the methods of the window, and of what may be shown to everybody."""
    opened = shared.opened
    store = SqlObjectionStore(opened.engine)
    objections = Objections(store, opened.store, shared.steps, opened.clock, shared.deadline)
    return [
        *SubjectServicer(shared.explain, shared.answers).methods(),
        *WhoAskedServicer(ListWhoAsked(shared.search, shared.releases), opened.mandates.callers).methods(),
        *ObjectionsServicer(objections, shared.writer).methods(),
        *PublishableServicer(shared.publishable).methods(),
    ]
