"""What open referrals wait for, counted on both databases: until it comes, and of no case that is closed."""

from __future__ import annotations

import pytest
from contract.test_referral_store import sent, took
from referral_samples import HRSS, NOW, POLICE
from silence_site import BOUNDS, DELIVERED_BY, HOUR, Site

from gateway.domain.errors import StoreUnavailableError
from gateway.domain.referral_stuck import ReferralFigures
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.services.count_referrals import CountReferrals


@pytest.fixture
def site(engine, tmp_path):
    made = Site(engine, tmp_path)
    sent(made.referrals)
    yield made
    made.place.close()


def counting(site, uploads=0):
    """Return what counts for the operator."""
    return CountReferrals(site.referrals, site.cases, site.deliveries, BOUNDS, lambda _: uploads)


def test_what_open_cases_wait_for_is_counted_until_it_comes(site):
    count = counting(site, uploads=2)
    assert count() == ReferralFigures(uploads=2)
    site.clock.present = DELIVERED_BY
    assert (count().not_delivered, count().not_opened) == (2, 0)
    site.clock.present = NOW + 72 * HOUR
    assert (count().not_delivered, count().not_opened) == (1, 1), "of the two states of one entry the later is shown"
    site.acknowledge(4)
    site.acknowledge(4, by="procuratorate")
    assert (count().not_delivered, count().not_opened) == (0, 1)
    site.deliveries.fetched("police", "YS-1", "order", site.clock.present)
    assert (count().not_delivered, count().not_opened) == (0, 0)


def test_what_was_settled_is_looked_at_again_once_the_case_has_another_entry(site):
    count = counting(site)
    site.acknowledge(4)
    site.acknowledge(4, by="procuratorate")
    site.deliveries.fetched("police", "YS-1", "order", NOW)
    assert count() == ReferralFigures()
    took(site.referrals, Kind.RECEIPT, by=POLICE)
    site.clock.present = NOW + 24 * HOUR
    assert count().not_delivered == 1
    site.acknowledge(5, by="procuratorate")
    assert count().not_delivered == 0


def test_overdue_clocks_of_all_cases_are_counted_and_those_of_closed_ones_are_not(site):
    count = counting(site)
    took(site.referrals, Kind.RECEIPT, by=POLICE)
    site.clock.present = NOW + 60 * 24 * HOUR
    late = count().clocks
    assert late > 0
    later = site.clock.present
    for kind, by in ((Kind.NON_FILING, POLICE), (Kind.ADMINISTRATIVE_RETURN, HRSS), (Kind.CLOSING, HRSS)):
        took(site.referrals, kind, by=by, at=later)
    site.clock.present = NOW + 400 * 24 * HOUR
    assert count() == ReferralFigures()


def test_a_store_that_is_away_is_said_so_and_counted_once_it_is_back(site):
    class Away:
        """A store that fails while it is away."""

        away = True

        def __getattr__(self, name):
            if self.away and name == "entries":
                raise StoreUnavailableError("the store is away")
            return getattr(site.cases, name)

    store = Away()
    count = CountReferrals(site.referrals, store, site.deliveries, BOUNDS, lambda _: 0)
    site.clock.present = DELIVERED_BY
    assert count() == ReferralFigures(fault="the store is away")
    store.away = False
    assert count().not_delivered == 2
