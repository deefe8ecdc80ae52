"""What must be done by when, for HRSS: red, yellow and green beside each other, and what is over or done on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import clock_pb2 as pb

from console.views.enterprise import PRODUCING
from console.visit import Entry, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.responses import Response

    from console.visit import Visit

PAGE: Final = 1_000
MOST_CLOCKS: Final = 5_000
"""Read; that there are more is said, for then no number on the page is the whole."""
SHOWN: Final = 100
"""Of one colour, those that end first; how many there are stands above them."""
COLOURS: Final[Mapping[str, int]] = {
    "red": pb.COLOUR_RED,
    "yellow": pb.COLOUR_YELLOW,
    "green": pb.COLOUR_GREEN,
    "over": pb.COLOUR_OVER,
    "done_late": pb.COLOUR_DONE_LATE,
    "done_in_time": pb.COLOUR_DONE_IN_TIME,
}
"""By the name in ``console.colour`` of the texts."""
RUNNING: Final = ("red", "yellow", "green")
ENDED: Final = ("over", "done_late", "done_in_time")
TONES: Final = {"red": "bad", "yellow": "warn", "green": "good", "done_late": "warn", "done_in_time": "good"}
HOLDERS: Final = frozenset(
    {
        "HRSS_SECTION",
        "HRSS_PRINCIPAL",
        "ENTERPRISE",
        "POLICE",
        "PROCURATORATE",
        "BANK",
        "MEMBER_AGENCY",
        "DECIDING_AGENCY",
    }
)
"""Whose a clock may be, as the texts have a word for it; another one is shown as it came."""
KINDS: Final = frozenset({"DUTY", "RIGHT", "TERM"})
LISTINGS: Final = ("L-", "C-07/", "C-08/", "I-32/")
"""How the names of clocks begin that run on a listing."""
SHOW: Final = "ended"


def board(visit: Visit) -> Response:
    """Show the board; with ``show=ended`` what is over or done."""
    ended = visit.query.get("show") == SHOW
    wanted = ENDED if ended else RUNNING
    columns: dict[str, list[pb.Clock]] = {name: [] for name in wanted}
    names = {COLOURS[name]: name for name in wanted}
    read = 0
    for clock in _clocks(visit, wanted):
        read += 1
        # A colour that was not asked for is none of these columns, and must not be left out: red is the one to be seen.
        columns.setdefault(names.get(clock.colour, "red"), []).append(clock)
    return visit.page(
        "clocks.html",
        columns=columns,
        ended=ended,
        tones=TONES,
        cut=read >= MOST_CLOCKS,
        read=read,
        most=SHOWN,
        holders=HOLDERS,
        kinds=KINDS,
        listings=LISTINGS,
    )


def _clocks(visit: Visit, wanted: tuple[str, ...]) -> Iterator[pb.Clock]:
    """Yield the clocks of some colours, those that end first ahead, no more than ``MOST_CLOCKS``."""
    request = pb.ListClocksRequest(
        officer=visit.session.officer,
        colours=[COLOURS[name] for name in wanted],  # type: ignore[misc]  # numbers of the wire
        page_size=PAGE,
    )
    read = 0
    while True:
        page = visit.desk.client.registry("ListClocks", request, pb.ListClocksResponse)
        yield from page.clocks[: MOST_CLOCKS - read]
        read += len(page.clocks)
        if not page.next_page_token or read >= MOST_CLOCKS:
            return
        request.page_token = page.next_page_token


VIEW: Final = View(PRODUCING, (Entry("/clocks", "clocks"),), (("GET", "/clocks", board),))
