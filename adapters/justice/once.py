"""A call that is made once, however often its maker is killed: its bytes are on the disk before it is made.

What is sealed is sealed differently each time, so that a call which is put together anew is another one. The gateway
takes the same bytes under the same id once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from adapters.errors import GatewayError
from adapters.justice.durable import settle, written_whole
from adapters.justice.patience import may_pass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

R = TypeVar("R", bound=Message)
A = TypeVar("A", bound=Message)


def make_once(path: Path, kind: type[R], prepare: Callable[[], R], call: Callable[[R], A]) -> A:
    """Make a call, the one that lies at *path* before any other; return its answer.

    Args:
        path: Where its bytes are kept until it is answered.
        kind: What it sends.
        prepare: Returns it; not asked while one is kept.
        call: Makes it; raises ``GatewayError``.

    Raises:
        GatewayError: Without an answer it is kept, and made again by the next call of this function; one that is
            refused is forgotten.
        OSError: It cannot be kept.
    """
    if path.exists():
        request = kind.FromString(path.read_bytes())
    else:
        request = prepare()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write(request.SerializeToString(deterministic=True))
    try:
        answer = call(request)
    except GatewayError as error:
        if not may_pass(error):
            _forget(path)
        raise
    _forget(path)
    return answer


def _forget(path: Path) -> None:
    path.unlink()
    settle(path.parent)
