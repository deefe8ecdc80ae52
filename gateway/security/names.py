"""The one name that a caller's certificate carries: ``spiffe://<trust domain>/agency/<agency>/<role>[/<holder>]``.

Its form only (the SPIFFE ID standard, section 2). Whether anybody of that name may call is
for ``gateway.domain.agencies``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gateway.domain.agency_forms import AGENCY_ID

TRUST_DOMAIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
HOLDER: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
SEGMENT_LIMIT: Final = 64
TRUST_DOMAIN_LIMIT: Final = 255


class CallerNameError(ValueError):
    """A text is no caller's name; the message is stable and short."""


@dataclass(frozen=True, slots=True)
class CallerName:
    """A caller's name; ``holder`` is empty when the certificate is a system's and not a person's."""

    trust_domain: str
    agency: str
    role: str
    holder: str = ""

    def __post_init__(self) -> None:
        """Raise ``CallerNameError`` for a part that has not the form it must have."""
        _check(TRUST_DOMAIN, self.trust_domain, TRUST_DOMAIN_LIMIT, "trust domain")
        _check(AGENCY_ID, self.agency, SEGMENT_LIMIT, "agency")
        _check(AGENCY_ID, self.role, SEGMENT_LIMIT, "role")
        if self.holder:
            _check(HOLDER, self.holder, SEGMENT_LIMIT, "holder")

    @property
    def uri(self) -> str:
        """The name as the certificate spells it."""
        end = f"/{self.holder}" if self.holder else ""
        return f"spiffe://{self.trust_domain}/agency/{self.agency}/{self.role}{end}"

    @property
    def short(self) -> str:
        """The name within its trust domain, ``agency/role[/holder]``, as commands take it."""
        return "/".join(part for part in (self.agency, self.role, self.holder) if part)


def parse_caller_name(uri: str, trust_domain: str) -> CallerName:
    """Read a name of our own trust domain; exactly one spelling of each name is accepted.

    Raises:
        CallerNameError: It is of another form or another trust domain.
    """
    domain, _, path = uri.removeprefix("spiffe://").partition("/")
    if not uri.startswith("spiffe://") or not TRUST_DOMAIN.fullmatch(domain):
        raise CallerNameError("malformed URI name")
    if domain != trust_domain:
        raise CallerNameError("other trust domain")
    parts = path.split("/")
    if len(parts) not in {3, 4} or parts[0] != "agency" or not parts[-1]:
        raise CallerNameError("malformed URI name")
    try:
        return CallerName(domain, *parts[1:])
    except CallerNameError as error:
        raise CallerNameError("malformed URI name") from error


def _check(form: re.Pattern[str], text: str, limit: int, part: str) -> None:
    if len(text) > limit or not form.fullmatch(text):
        raise CallerNameError(f"the {part} has not the form of one")
