"""How a metric family of one value, or of one label, is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prometheus_client.core import Metric


def gauge(name: str, say: str, value: float) -> Metric:
    """Return a family of one value."""
    return GaugeMetricFamily(name, say, value=value)


def by(name: str, say: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a family of one value for each word of a label."""
    family = GaugeMetricFamily(name, say, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def counted(name: str, say: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    """Return a family of what only grows, by the words of its labels; ``_total`` is added to the name."""
    family = CounterMetricFamily(name, say, labels=labels)
    for words, value in sorted(values):
        family.add_metric(list(words), value)
    return family
