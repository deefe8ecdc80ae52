"""The file of one enterprise for HRSS: every version of every record, as known at one data revision, page by page.

All pages of one reading are of one revision and one moment, whatever is submitted meanwhile. Nothing is decided here,
and no deciding system ever gets here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats import canonical
from formats.civil import format_instant, parse_instant
from gateway.domain.enterprise_file import Holdings
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.page_token import read_token, write_token
from gateway.domain.records import Dossier
from gateway.services.file_ports import FileFilter, FilePlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.enterprise_file import Held
    from gateway.services.file_ports import EnterpriseFiles, FileRelation, FileRevision, FileVersion
    from gateway.services.ports.register import History, Register


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """What is asked for. ``as_of`` is None for the present, ``known_at`` likewise; *now* is the call's present."""

    uscc: str
    as_of: datetime | None
    known_at: datetime | None
    kinds: frozenset[str]
    newest_only: bool
    size: int
    token: str
    """Of the page; empty for the first."""
    now: datetime

    def sealed(self, agency: Agency) -> bytes:
        """Return all that makes a reading another one: for other pages a token is of no use."""
        moments = [format_instant(each) if each is not None else "" for each in (self.as_of, self.known_at)]
        return canonical.encode([agency.agency_id, self.uscc, *moments, sorted(self.kinds), self.newest_only])


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page of a file."""

    revision: int
    as_of: datetime
    dossier: Dossier
    """What is current about the enterprise at the revision."""
    related: Sequence[FileRelation]
    """On the first page: branches and successors."""
    first: bool
    versions: Sequence[tuple[FileVersion, Held]]
    revisions: Mapping[int, FileRevision]
    """Every revision that the versions name."""
    more: bool
    """Further versions follow after the last of these."""


class GetEnterpriseFile:
    """Reads files."""

    def __init__(self, register: Register, history: History, files: EnterpriseFiles, key: bytes) -> None:
        """Take what is read from, and the *key* under which tokens are sealed: the same for every process."""
        self._register = register
        self._history = history
        self._files = files
        self._key = key

    async def __call__(self, agency: Agency, question: FileQuestion) -> FilePage:
        """Return one page. That the caller may ask at all, and about both moments, has been checked.

        Raises:
            EnterpriseNotFoundError: Nothing was on record about this enterprise.
            MalformedRequestError: The token is none of this request.
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._read, agency, question)

    def token_after(self, agency: Agency, question: FileQuestion, page: FilePage, place: FilePlace) -> str:
        """Return the token of the page that begins after *place*."""
        return write_token(self._key, question.sealed(agency), [page.revision, format_instant(page.as_of), *place])

    def _read(self, agency: Agency, question: FileQuestion) -> FilePage:
        revision, as_of, after = self._opened(agency, question)
        wanted = FileFilter(question.uscc, revision, question.kinds, question.newest_only)
        dossier = self._history.dossier(question.uscc, revision)
        if dossier is None and not self._files.versions(FileFilter(question.uscc, revision), None, 1):
            raise EnterpriseNotFoundError("nothing is on record about this enterprise", enterprise=question.uscc)
        dossier = dossier or Dossier(question.uscc)
        found = self._files.versions(wanted, after, question.size + 1)
        shown = found[: question.size]
        holdings = Holdings(dossier.facts, as_of)
        named = {number for v in shown for number in (v.recorded_from, v.recorded_until) if number is not None}
        return FilePage(
            revision=revision,
            as_of=as_of,
            dossier=dossier,
            related=self._files.related(question.uscc, revision) if after is None else (),
            first=after is None,
            versions=[(v, holdings.of(v, current=v.recorded_until is None)) for v in shown],
            revisions=self._files.revisions(named),
            more=len(found) > question.size,
        )

    def _opened(self, agency: Agency, question: FileQuestion) -> tuple[int, datetime, FilePlace | None]:
        """Return the revision, the moment, and the last version shown: None for a first page."""
        if question.token:
            try:
                revision, as_of, *place = read_token(self._key, question.sealed(agency), question.token)
            except ValueError as error:
                raise MalformedRequestError("page_token", "is no token of this request") from error
            return revision, parse_instant(as_of), FilePlace(*place)
        known_at = question.known_at
        revision = self._register.revision if known_at is None else self._history.revision_at(known_at)
        return revision, question.as_of or question.now, None
