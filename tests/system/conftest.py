"""A gateway without any record under a clock of the test's own."""

from __future__ import annotations

import pytest
from moved_clock import City, at


@pytest.fixture
def city(tmp_path):
    """Return a city that is served from 2 March 2026 on; its feeds are confirmed."""
    city = City(tmp_path, at("2026-03-02"))
    with city.served():
        city.confirm()
        yield city
    city.close()
