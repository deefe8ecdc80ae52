"""The second person of the emergency procedure (A-125): opens the first one's word, sees what weighs now, and joins in.

In a console of its own, with its own certificate: who is another person, the gateway says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import credit_pb2

from adapters.errors import GatewayError
from console.asking import Fault
from console.gating import Gated, Joining, WordError, joined, plain, read_word
from console.problems import problem_of
from console.views.check import DECIDING, MALFORMED
from console.views.gate import asked, form_in_words, gate_in_words
from console.visit import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from console.problems import Problem
    from console.visit import Visit


def second(visit: Visit) -> Response:
    """Show where a first person's word is opened."""
    return visit.page("gate_second.html", wrong={})


def open_word(visit: Visit) -> Response:
    """Open a first person's word, and ask how it stands now: nobody joins in what was not looked at."""
    try:
        said = read_word(visit.uploaded("word"))
    except WordError:
        return visit.page("gate_second.html", MALFORMED, wrong={"word": visit.words("gate.no_word")})
    request = plain(said, visit.session.officer)
    now = Gated(request, visit.desk.client.clear_award(request), visit.desk.clock())
    return visit.to(f"/second/{visit.session.keep(Joining(said, now))}")


def review(visit: Visit) -> Response:
    """Show the second person what it is asked to join in, and what weighs."""
    kept = visit.session.found(visit.path["id"], Joining)
    return visit.gone() if kept is None else _review(visit, kept)


def join(visit: Visit) -> Response:
    """Join in as the second person."""
    kept = visit.session.found(visit.path["id"], Joining)
    if kept is None:
        return visit.gone()
    if not visit.form.get("seen"):
        return _review(visit, kept, [Fault("seen", "required")])
    try:
        return asked(visit, joined(kept.word, visit.session.officer))
    except GatewayError as error:
        return _review(visit, kept, problem=problem_of(error, visit.words))


def _review(visit: Visit, kept: Joining, wrong: Sequence[Fault] = (), problem: Problem | None = None) -> Response:
    return visit.page(
        "gate_review.html",
        MALFORMED if wrong or problem else 200,
        at=visit.path["id"],
        word=kept.word,
        open=credit_pb2.AWARD_GAP_RESTRICTED in kept.now.gaps,
        kept=kept.now,
        **gate_in_words(visit, kept.now),
        **form_in_words(visit, wrong, problem),
    )


VIEW: Final = View(
    DECIDING,
    (),
    (
        ("GET", "/second", second),
        ("POST", "/second", open_word),
        ("GET", "/second/{id}", review),
        ("POST", "/second/{id}", join),
    ),
    uploads=frozenset({"/second"}),
)
