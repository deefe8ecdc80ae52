"""Makes the fixtures of ``e2e.fixtures`` known here; tests in other folders name that module in ``pytest_plugins``."""

from __future__ import annotations


def pytest_configure(config):
    # Once for all folders: each conftest importing the fixtures would start a server of its own.
    config.pluginmanager.import_plugin("e2e.fixtures")
