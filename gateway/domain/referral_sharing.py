"""Which keys of a dossier may be wrapped for further recipients, or for another key of one that had one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.referral_parts import PartFault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from gateway.domain.referral_parts import WrappedKey


def sharing_faults(
    keys: Sequence[WrappedKey],
    own: Collection[str],
    readers: Collection[str],
    kids: Mapping[str, Collection[str]],
) -> Iterator[PartFault]:
    """Yield what is wrong with keys that are shared.

    Args:
        keys: All that are wrapped.
        own: Ids of the files that whoever shares can open: nobody shares what it cannot read.
        readers: Ids of the agencies that may open the whole dossier.
        kids: By agency, the ids of its keys to which can be sealed now.
    """
    found: set[tuple[str, str, str]] = set()
    for place, key in enumerate(keys):
        field = f"keys[{place}]"
        if key.item_id not in own:
            yield PartFault(f"{field}.item_id", "is no file that the caller can open")
        elif key.recipient not in readers:
            yield PartFault(f"{field}.recipient", "does not take part so that it may open the dossier")
        elif key.kid not in kids.get(key.recipient, ()):
            yield PartFault(f"{field}.kid", "is no key that its recipient has now")
        elif _named(key) in found:
            yield PartFault(field, "is there twice")
        found.add(_named(key))


def not_known(keys: Sequence[WrappedKey], known: Sequence[WrappedKey]) -> tuple[WrappedKey, ...]:
    """Return the keys that bring a recipient something: what it opens by the same key of its own already is left out.

    Who has lost a key has another, and is sealed to anew.
    """
    before = {_named(key) for key in known}
    return tuple(key for key in keys if _named(key) not in before)


def _named(key: WrappedKey) -> tuple[str, str, str]:
    return key.item_id, key.recipient, key.kid
