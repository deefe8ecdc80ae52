"""How hypothesis runs here: no deadline, since the machine is shared; in CI the same examples every time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "local", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True, max_examples=200)
settings.load_profile("ci" if os.environ.get("CI") else "local")
