"""Whoever starts a gateway is told why it did not serve, without looking for a log."""

from __future__ import annotations

import pytest
from e2e.served import prepared

from gateway.bootstrap.config import StartError, load_config
from gateway.cli.local_city import serving


@pytest.mark.parametrize("workers", [1, 2])
def test_the_last_that_it_logged_is_in_the_message(tmp_path, workers):
    place = prepared(tmp_path, {})
    (load_config(place.config).settings.tls.key).unlink()
    (place.state / "gateway.log").write_text("of an earlier start\n")
    with pytest.raises(StartError) as refused, serving(place, "127.0.0.1:0", workers):
        pytest.fail("it served without its key")
    said = str(refused.value)
    assert "the gateway ended with 1" in said
    assert "server.key" in said, "why"
    assert "of an earlier start" not in said
