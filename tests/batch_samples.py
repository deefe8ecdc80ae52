"""Batch files without a gateway: a client that answers everybody, and the columns of the areas as they are shipped."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

import openpyxl
from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.enforcement import Enforcement
from adapters.files import columns
from adapters.files.lines import Defaults
from adapters.files.run import BatchFile, answer_file, examine
from adapters.http.areas import area_named
from gateway.sample.invention import uscc

SHIPPED = Path(__file__).parents[1] / "config" / "columns"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HEADER = ("统一社会信用代码", "企业名称", "评选编号")
ASKED = Defaults("li.wei", "AWARDS_PUBLICITY")


def code(number):
    """Return the sound code of an invented enterprise."""
    return uscc(20261, number)


UNKNOWN = code(404)
"""Code of an enterprise of which a gateway here has nothing."""


class Answering:
    """A gateway that finds everybody clear and counts what it is asked; *failing* raises before an answer."""

    asserts_officers = False

    def __init__(self, failing=None):
        self.failing, self.calls, self.asked, self._lock = failing, 0, [], Lock()

    def check(self, request):
        self._count(request, [request.enterprise.uscc])
        response = credit_pb2.CheckEligibilityResponse()
        self._decide(response.decision, request.enterprise.uscc)
        return self._basis(response)

    def batch(self, request):
        self._count(request, [item.enterprise.uscc for item in request.items])
        response = credit_pb2.BatchCheckEligibilityResponse()
        for item in request.items:
            answered = response.items.add(item_id=item.item_id, line_hash=sha256(item.item_id.encode()).digest())
            self._decide(answered.decision, item.enterprise.uscc)
        return self._basis(response)

    def _count(self, request, codes):
        with self._lock:
            self.calls += 1
            self.asked += codes
        if self.failing is not None:
            self.failing(request)

    @staticmethod
    def _decide(decision, asked):
        decision.verdict = common_pb2.VERDICT_CLEAR
        decision.enterprise.uscc, decision.enterprise.known = asked, asked != UNKNOWN
        decision.valid_until.FromDatetime(NOW + timedelta(hours=2))

    @staticmethod
    def _basis(response):
        response.basis.as_of.FromDatetime(NOW)
        response.audit_position.writer, response.audit_position.leaf_hash = "w1", bytes(32)
        return response


def rules_of(name):
    """Return the rules of an area, with age limits of thirty days."""
    area = area_named(name)
    return area.rules(dict.fromkeys(area.limits, timedelta(days=30)))


def batch_of(path, name="awards", encoding="utf-8", defaults=ASKED):
    """Return a file of an area, with the columns that are shipped."""
    return BatchFile(path, encoding, columns.load(SHIPPED / f"{name}.toml", rules_of(name)), defaults)


def examined(path, name="awards", **how):
    """Read a whole file."""
    return examine(batch_of(path, name, **how), rules_of(name))


def answered(path, target, journal, client, name="awards", **how):
    """Answer a file, and return its summary."""
    engine = Enforcement(client, journal, rules_of(name), "enforce", lambda: NOW)
    return answer_file(examined(path, name, **how), engine, target)


def told(found):
    """Return the faults of an examined file: line, column and English text."""
    return [(each.line, each.column, each.en) for each in found.faults]


def workbook(path, *rows, change=None):
    """Write a workbook of one sheet; *change* may spoil it before it is saved."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(path)
    return path


def csv_of(path, *rows, encoding="utf-8"):
    """Write a CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path
