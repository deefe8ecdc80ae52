"""The ordinary in-house service beside which F9 is measured: what an agency's own people write in a week, done well.

FastAPI on uvicorn over TLS with client certificates; SQLAlchemy's ORM on SQLite with a write-ahead log and full syncs;
an indexed look-up of the enterprise and of what weighs on it; one row of audit committed before the answer. Requests
are answered in FastAPI's threads, which was faster than in its loop.
No signatures, no proof, no history, no policy file. It is measured and imitated nowhere; nothing of ours imports it.
Run as ``python -m gateway.bench.in_house``, with its settings as one line of JSON on standard input.
"""

# Without postponed annotations: FastAPI, pydantic and SQLAlchemy read the types at run time.
import json
import ssl
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, Final

import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import Engine, ForeignKey, create_engine, event, or_, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SERVING: Final = "serving"
"""The event of the line on standard error that says on which port it answers, as the gateway's log does."""
POOL: Final = 40
"""Connections: as many as the threads in which requests are answered."""
LOCAL: Final = timezone(timedelta(hours=8))


class Base(DeclarativeBase):
    """The service's tables."""


class Enterprise(Base):
    """An enterprise on record."""

    __tablename__ = "enterprise"
    uscc: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Sanction(Base):
    """What weighs on an enterprise from one day on, and until another where there is one."""

    __tablename__ = "sanction"
    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(ForeignKey("enterprise.uscc"), index=True)
    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]


class Audit(Base):
    """Who asked what, and what was answered."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    agency: Mapped[str]
    officer: Mapped[str]
    case_ref: Mapped[str]
    purpose: Mapped[str]
    uscc: Mapped[str] = mapped_column(index=True)
    point: Mapped[str]
    verdict: Mapped[str]
    grounds: Mapped[str]


class Question(BaseModel):
    """The same question as the gateway's, as JSON."""

    uscc: str
    point: str
    case_ref: str
    officer: str
    purpose: str
    project_region: str
    must_be_tendered: bool
    state_funds: bool


class Answer(BaseModel):
    """What was decided, on what grounds, and the number of its row of audit."""

    verdict: str
    grounds: list[str]
    audit_id: int


app = FastAPI(openapi_url=None)


def opened(url: str) -> Engine:
    """Return the database with its tables, durable as the gateway's: nothing is answered that is not on the disk."""
    engine = create_engine(url, pool_size=POOL, max_overflow=0, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    Base.metadata.create_all(engine)
    return engine


def session_of(request: Request) -> Iterator[Session]:
    """Yield the session of one request."""
    with request.app.state.sessions() as session:
        yield session


@app.post("/check")
def check(question: Question, request: Request, session: Annotated[Session, Depends(session_of)]) -> Answer:
    """Decide whether the enterprise may be awarded, and commit a row of audit first."""
    today = datetime.now(LOCAL).date()
    grounds = []
    if session.get(Enterprise, question.uscc) is None:
        verdict = "UNVERIFIABLE"
    else:
        weighing = select(Sanction).where(
            Sanction.uscc == question.uscc,
            Sanction.since <= today,
            or_(Sanction.until.is_(None), Sanction.until > today),
        )
        grounds = [each.kind for each in session.scalars(weighing)]
        restricted = bool(grounds) and (question.must_be_tendered or question.state_funds)
        verdict = "RESTRICTED" if restricted else "CLEAR"
    entry = Audit(
        at=datetime.now(UTC),
        agency=request.headers.get("x-agency", ""),
        verdict=verdict,
        grounds=",".join(grounds),
        **question.model_dump(include={"officer", "case_ref", "purpose", "uscc", "point"}),
    )
    session.add(entry)
    session.commit()
    return Answer(verdict=verdict, grounds=grounds, audit_id=entry.id)


def _serve(settings: dict[str, Any]) -> None:
    app.state.sessions = sessionmaker(opened(settings["url"]), expire_on_commit=False)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        ssl_certfile=settings["certificate"],
        ssl_keyfile=settings["key"],
        ssl_ca_certs=settings["authorities"],
        ssl_cert_reqs=ssl.CERT_REQUIRED,
        log_config=None,
        access_log=False,
        # Its callers keep their connections while other servers have their rounds: longer than five seconds.
        timeout_keep_alive=3_600,
    )
    listening = config.bind_socket()
    print(json.dumps({"event": SERVING, "port": listening.getsockname()[1]}), file=sys.stderr, flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    _serve(json.loads(sys.stdin.readline()))
