"""The doctor's look at the keys of bulletins: private, not too old, and no old one left beside the next for good.

None is needed: the first is made with the first bulletin.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError
from gateway.security.bulletin_keys import BulletinKeys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.bootstrap.config import Config
    from gateway.cli.doctor_certificates import Finding
    from gateway.security.bulletin_keys import HeldKey

LINK: Final = "bulletins' keys"
TAKEN_OVER: Final = timedelta(days=30)
"""How long an old key may lie beside the next: bulletins live hours, and so much time readers have for the new half."""


def keys(config: Config) -> Iterable[Finding]:
    """Look at the keys on this machine; nothing is made that is not there."""
    settings = config.settings
    try:
        held = BulletinKeys(settings.state / "keys", settings.name).held()
    except StoreUnavailableError as error:
        yield LINK, False, error.message
        return
    yield found(held, timedelta(days=settings.bulletin.key_days), datetime.now(UTC))


def found(held: Sequence[HeldKey], longest: timedelta, now: datetime) -> Finding:
    """Return what is to be said of the keys *held*, the oldest first; the newest may be as old as *longest*."""
    if not held:
        return LINK, True, "none yet: the first is made with the first bulletin"
    newest = held[-1]
    age = now - newest.made_at
    said = f"{len(held)} sign, the newest is bulletin-{newest.number}.key of {newest.made_at.date()} (UTC)"
    if age > longest:
        return LINK, False, f"{said}; it is {age.days} days old: add the next"
    if len(held) > 1 and age > TAKEN_OVER:
        old = ", ".join(f"bulletin-{each.number}.key" for each in held[:-1])
        return LINK, False, f"{said}; {old} is still beside it after {age.days} days: remove it"
    return LINK, True, said
