"""An enterprise's file for the wire: as many versions as fit into a message, and the file at a glance."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import enterprise_file_pb2 as pb

from gateway.domain.kinds.post import Post
from gateway.domain.listings import state_at
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.credit_record import listing_record_pb
from gateway.rpc.record_writer import put_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from google.protobuf.message import Message

    from gateway.domain.enterprise_file import Held
    from gateway.domain.records import Dossier
    from gateway.services.file_ports import FilePlace, FileRevision, FileVersion
    from gateway.services.get_enterprise_file import FilePage

PAGE_BYTES: Final = 3 * 1024 * 1024
"""What one page holds at most: how long each part of it is, and the position, fit into the rest of the 4 MiB."""
AT_A_GLANCE: Final = 1_000
"""How much of each list of the summary is shown."""


def page_pb(page: FilePage, now: datetime) -> tuple[pb.GetEnterpriseFileResponse, FilePlace | None]:
    """Return the page as far as it fits, and the place of its last version; None when nothing follows.

    A page has at least one version where there is one: none comes near to what fits.
    """
    shown = pb.GetEnterpriseFileResponse(data_revision=page.revision, as_of=instant_pb(page.as_of))
    if page.first:
        shown.summary.CopyFrom(_summary(page, now))
    named: set[int] = set()
    size, last = shown.ByteSize(), None
    for version, held in page.versions:
        message = version_pb(version, held)
        numbers = {version.recorded_from, version.recorded_until or version.recorded_from} - named
        revisions = [_revision(page.revisions[number]) for number in sorted(numbers)]
        size += sum(map(_size, (message, *revisions)))
        if size > PAGE_BYTES and last is not None:
            break
        shown.versions.append(message)
        shown.revisions.extend(revisions)
        named |= numbers
        last = version.place
    shown.revisions.sort(key=lambda revision: revision.revision)
    complete = len(shown.versions) == len(page.versions) and not page.more
    return shown, None if complete else last


def _size(message: Message) -> int:
    return message.ByteSize()


def version_pb(version: FileVersion, held: Held) -> pb.FileVersion:
    """Return one version with both of its times."""
    shown = pb.FileVersion(
        kind=version.kind,
        record_id=version.record_id,
        listing_id=version.listing_id,
        holds_from=held.since.isoformat(),
        holds_until=_day(held.until),
        holding=wire(held.holding),
        recorded_from=version.recorded_from,
        recorded_until=version.recorded_until or 0,
        withdrawn_by=held.withdrawn_by,
    )
    put_content(shown, version)
    return shown


def _revision(revision: FileRevision) -> pb.FileRevision:
    return pb.FileRevision(
        revision=revision.revision,
        committed_at=instant_pb(revision.committed_at),
        agency=revision.agency,
        feed=revision.feed,
        request_id=revision.request_id,
    )


def _summary(page: FilePage, now: datetime) -> pb.FileSummary:
    dossier = page.dossier
    names, relations = list(_names(dossier)), list(_relations(page))
    posts, listings = list(_posts(dossier)), list(_listings(dossier, page.as_of, now))
    return pb.FileSummary(
        names=names[:AT_A_GLANCE],
        relations=relations[:AT_A_GLANCE],
        posts=posts[:AT_A_GLANCE],
        listings=listings[:AT_A_GLANCE],
        left_out=sum(max(0, len(each) - AT_A_GLANCE) for each in (names, relations, posts, listings)),
    )


def _names(dossier: Dossier) -> Iterator[pb.FileName]:
    for profile, following in pairwise((*dossier.profiles, None)):
        assert profile is not None  # noqa: S101 - only the last of the pairs is None
        yield pb.FileName(
            name=profile.name,
            valid_from=profile.valid_from.isoformat(),
            valid_until=_day(following.valid_from if following else None),
            business_status=profile.business_status.value,
        )


def _relations(page: FilePage) -> Iterator[pb.FileRelation]:
    own: dict[tuple[str, str], date] = {}
    for profile in page.dossier.profiles:
        for name, code in (("HEAD_OFFICE", profile.head_office_uscc), ("PREDECESSOR", profile.successor_of_uscc)):
            if code:
                own.setdefault((name, code), profile.valid_from)
    for (relation, uscc), since in sorted(own.items()):
        yield pb.FileRelation(relation=relation, uscc=uscc, valid_from=since.isoformat())
    for other in page.related:
        yield pb.FileRelation(relation=other.relation, uscc=other.uscc, valid_from=other.valid_from.isoformat())


def _posts(dossier: Dossier) -> Iterable[pb.FilePost]:
    posts = [fact for fact in dossier.facts if isinstance(fact, Post)]
    for post in sorted(posts, key=lambda post: (post.held_from, post.record_id)):
        yield pb.FilePost(
            record_id=post.record_id,
            post=post.post.value,
            held_from=post.held_from.isoformat(),
            held_until=_day(post.held_until),
        )


def _listings(dossier: Dossier, as_of: datetime, now: datetime) -> Iterable[pb.FileListing]:
    for listing in dossier.listings:
        yield pb.FileListing(
            as_of=listing_record_pb(listing, as_of),
            state_now=state_at(listing, now).value,
            persons=len(listing.person_keys),
        )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
