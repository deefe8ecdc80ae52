"""JSON logs on standard error: one object a line, without personal data.

No line should ever hold a resident's number; one that came in by a foreign exception's text is masked here (I-22).
"""

from __future__ import annotations

import logging
import sys

import structlog

from formats.resident_ids import mask_resident_ids


def configure(level: int = logging.INFO) -> None:
    """Render everything that the modules log, ours and others', as JSON lines."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _masked,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _masked(_logger: object, _method: str, line: object) -> str:
    """Mask residents' numbers in a line that is rendered."""
    return mask_resident_ids(str(line))
