"""A console of police, procuratorate or court, before a gateway in memory with cases, an inbox and dossiers."""

from __future__ import annotations

import re

from console_desk import NOW, Desktop, stamp
from jointsanctions.v1 import clock_pb2, common_pb2
from jointsanctions.v1 import referral_pb2 as pb
from justice_gateway import CASE, MemoryGateway
from justice_played import Played

from console.own import Own
from console.steps import FORMS

SHA = "ab" * 32
DOCUMENT = {"document_number": "示公〔2026〕7号", "document_sha256": SHA}


def kind(name):
    return pb.ReferralActKind.Value(f"REFERRAL_ACT_KIND_{name}")


def stage(name):
    return pb.ReferralStage.Value(f"REFERRAL_STAGE_{name}")


def clock(colour="RED", **parts):
    title = common_pb2.LocalizedText(zh="审查是否立案", en="Decide on filing")
    number = clock_pb2.Colour.Value(f"COLOUR_{colour}")
    whole = {"clock_id": "T-27/decide", "title": title, "colour": number, "due_on": "2026-12-02", "ends_at": stamp()}
    return clock_pb2.Clock(**{**whole, **parts})


def step(name, **parts):
    whole = {"kind": kind(name), "at": stamp(), "document_number": "示〔2026〕1号", "document_sha256": SHA}
    return pb.ReferralStep(**{**whole, "officers": ["officer-1"], **parts})


def entry(place, **parts):
    whole = {"referral_id": CASE, "recorded_at": stamp(), "from_agency": "hrss", "step": step("SENDING")}
    return pb.InboxEntry(place=place, **{**whole, **parts})


class JusticeGateway(MemoryGateway):
    """Has cases beside what the parties' library needs, and remembers the steps that it was told."""

    def __post_init__(self):
        super().__post_init__()
        self.asked, self.error = [], None
        self.case = pb.GetReferralResponse(
            referral=pb.Referral(referral_id=CASE, agency="hrss", stage=stage("SENT"), allowed=[kind("RECEIPT")])
        )
        self.case.steps.add(step=step("SENDING"), agency="hrss", recorded_at=stamp())
        self._methods["ListReferrals"] = self._list_referrals
        for each in FORMS.values():
            self._methods[each.call[0]] = self._take

    def allow(self, *names):
        del self.case.referral.allowed[:]
        self.case.referral.allowed.extend(kind(name) for name in names)

    def _get_referral(self, _request):
        return self.case

    def _list_referrals(self, request):
        self.asked.append(request)
        first = not request.page_token
        other = pb.Referral(referral_id="YS-2026-2", agency="hrss", stage=stage("CLOSED"))
        shown = [self.case.referral] if first else [] if request.open_only else [other]
        return pb.ListReferralsResponse(referrals=shown, next_page_token="next" if first else "")

    def _take(self, request):
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return pb.DecideFilingResponse(referral=self.case.referral)

    @property
    def steps(self):
        return [request for request in self.asked if hasattr(request, "step")]


class JusticeDesktop(Desktop):
    """A console of the police with one case; ``played`` are HRSS and police behind it."""

    def __init__(self, authority, folder, role="police"):
        self.played = Played(authority, folder)
        gateway = JusticeGateway()
        for party in (self.played.hrss, self.played.police):
            object.__setattr__(party, "client", gateway)
        gateway.keys, self.played.gateway = self.played.gateway.keys, gateway
        self.place = folder / "place"
        self.place.mkdir()
        (self.place / "keys").symlink_to(folder / "police")
        police = self.played.police
        own = Own(police.signer, police.trusted, self.place, folder / "opened")
        super().__init__(role, gateway=gateway, own=own)
        self.opened()

    @property
    def at(self):
        """The address of the case's page."""
        return re.search(r'/referrals/[^"?]+', self.get("/referrals").text)[0]

    def act(self, name):
        """Return the address of a step's form, which the case's page leads to."""
        self.gateway.allow(name)
        return re.search(r'/steps/[^"]+', self.get(self.at).text)[0]

    def take(self, name, **fields):
        """Send the form of a step, filled in."""
        at = self.act(name)
        self.get(at)
        return self.post(at, {**DOCUMENT, "by": "刑警 王五", **fields})

    def dossier(self):
        """Fetch the dossier, and return the page that it leads to."""
        self.get(self.at)
        return self.browser.follow(self.post(f"{self.at}/dossier"))


__all__ = ["CASE", "DOCUMENT", "NOW", "SHA", "JusticeDesktop", "clock", "entry", "kind", "stage", "step"]
