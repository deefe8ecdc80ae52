"""``[referrals]`` of gateway.toml: bounds of silence that somebody has set, in order and in range."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.referral_inbox import TransportBounds
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway

SHIPPED = Path(__file__).parents[2] / "config" / "gateway.toml"
HOUR = timedelta(hours=1)


def loaded(folder, line, instead):
    text = SHIPPED.read_text(encoding="utf-8")
    assert line in text
    file = folder / "gateway.toml"
    file.write_text(text.replace(line, instead), encoding="utf-8")
    return load_gateway(file).referrals


def test_what_the_file_says_counts(tmp_path):
    shipped = load_gateway(SHIPPED).referrals
    assert (shipped.bounds, shipped.upload) == (TransportBounds(24 * HOUR, 72 * HOUR), 24 * HOUR)
    assert loaded(tmp_path, "delivery_hours = 24", "delivery_hours = 12.5").bounds.delivery == 12.5 * HOUR
    assert loaded(tmp_path, "opening_hours = 72", "opening_hours = 720").bounds.opening == 720 * HOUR
    assert loaded(tmp_path, "upload_hours = 24", "upload_hours = 6").upload == 6 * HOUR


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("[referrals]\n", "[referral]\n", "referrals: is missing"),
        ("delivery_hours = 24", "", r"referrals\.delivery_hours: is missing"),
        ("opening_hours = 72", "", r"referrals\.opening_hours: is missing"),
        ("upload_hours = 24", "", r"referrals\.upload_hours: is missing"),
        ("delivery_hours = 24", "delivery_hours = 0", r"referrals\.delivery_hours: must be more than 0"),
        ("upload_hours = 24", "upload_hours = -1", r"referrals\.upload_hours: must be more than 0"),
        ("upload_hours = 24", "upload_hours = nan", r"referrals\.upload_hours: must be more than 0"),
        ("opening_hours = 72", "opening_hours = 720.5", r"referrals\.opening_hours: must be more than 0, and 720"),
        ("opening_hours = 72", "opening_hours = 23", r"referrals\.opening_hours: must be no shorter"),
        ("opening_hours = 72", "opening_hours = true", r"referrals\.opening_hours: must be of type float"),
        ("opening_hours = 72", "opening_hours = 72\nand = 1", r"referrals\.and: is not a known key"),
    ],
)
def test_a_bound_that_is_missing_or_wrong_stops_the_start_with_its_key(tmp_path, line, instead, said):
    with pytest.raises(ConfigurationError, match=rf"gateway\.toml: {said}"):
        loaded(tmp_path, line, instead)
