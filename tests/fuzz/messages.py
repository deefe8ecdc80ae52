"""Random and mutated requests: sound enough in part to get deep, and wrong in every way that a message can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.timestamp_pb2 import Timestamp

LONG = "字" * 90
TEXTS = (
    "",
    "x",
    "o-7",
    "名称",
    " ",
    "\x00",
    "\u202e",
    "x" * 300,
    LONG,
    "11010519491231002X",
    "2026-02-30",
    "=1+1",
    "%s{}",
)
NUMBERS = (0, 1, 2, 3, 7, -1, 2**31 - 1, -(2**31), 2**62, 10_000_000)
NAMED = {
    "request_id": ("r-1", "r-2", "r-3", "r-4", ""),
    "officer": ("officer-7", "officer-7", "officer-8", ""),
    "case_ref": ("JSGC-2026-17", "JSGC-2026-17", " "),
    "feed": ("labour_inspection", "market_regulation", "publications", "wage_list", "penalties", "rumours", ""),
    "project_region": ("420302", "420300", "110101", "4203"),
    "authority": ("示例市人力资源和社会保障局", "示例市市场监督管理局", "别处"),
    "listing_id": ("F-1", "F-2", ""),
    "application_date": ("2026-11-01", "2026-02-30", ""),
    "page_token": ("", "", "no token"),
    "relation": ("shareholder", ""),
    "batch": ("", "b-1", "b-2"),
    "document_number": ("示人社罚〔2026〕9号", ""),
    "referral_id": ("YS-1", "YS-1", "YS-2", "a/b", ""),
    "hold_id": ("H-1", "H-1", "H-2", "a/b", ""),
    "item_id": ("order", "order", "film", "../x", ""),
    "sealed_sha256": ("ab" * 32, "ab" * 32, "AB" * 32, ""),
    "document_sha256": ("cd" * 32, "cd" * 32, "cd" * 31, ""),
    "to_agency": ("public-security", "", "", "intermediate-court", "nobody"),
    "recipient": ("public-security", "hrss", "procuratorate", ""),
    "procuratorate": ("procuratorate", "procuratorate", "court", ""),
    "county": ("420302", "420302", "110101", "4203"),
    "worker": ("w-1", "w-2", "w-3", "w-4", ""),
    "case_number": ("（2026）示01刑初9号", ""),
}
DATES = ("2026-01-15", "2025-06-01", "2024-11-24", "2026-11-20", "2027-01-01", "")
OFTEN = {
    "question",
    "enterprise",
    "officer",
    "case_ref",
    "request_id",
    "feed",
    "area",
    "decision_point",
    "records",
    "uscc",
}


class Messages:
    """Makes requests from one source of chance; *codes* are the codes that enterprises are named by."""

    def __init__(self, chance, codes):
        self.chance = chance
        self.codes = codes

    def filled(self, kind):
        """Return a message of this kind with some of its fields, more often sound than not."""
        message = kind()
        self._fill(message, 0)
        return message

    def _fill(self, message, depth):
        if isinstance(message, Timestamp):
            days = self.chance.choice((0, 0, 0, -1, -30, -800, 1, 40, 90_000))
            message.FromDatetime(datetime.now(UTC) + timedelta(days=days))
            return
        chosen = {
            each.name: self.chance.choice(each.fields).name
            for each in message.DESCRIPTOR.oneofs
            if len(each.fields) > 1
        }
        for field in message.DESCRIPTOR.fields:
            oneof = field.containing_oneof
            if oneof is not None and len(oneof.fields) > 1 and chosen[oneof.name] != field.name:
                continue
            if self.chance.random() < (0.04 if field.name in OFTEN else 0.5) or depth > 5:
                continue
            self._set(message, field, depth)

    def _set(self, message, field, depth):
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            return
        if field.is_repeated:
            values = getattr(message, field.name)
            for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
                if field.type == Field.TYPE_MESSAGE:
                    self._fill(values.add(), depth + 1)
                else:
                    values.append(self._value(field))
        elif field.type == Field.TYPE_MESSAGE:
            part = getattr(message, field.name)
            part.SetInParent()
            self._fill(part, depth + 1)
        else:
            setattr(message, field.name, self._value(field))

    def _value(self, field):
        if field.type == Field.TYPE_ENUM:
            return self.chance.choice([*(value.number for value in field.enum_type.values)] * 3 + [999, -1])
        if field.type == Field.TYPE_BOOL:
            return self.chance.random() < 0.5
        if field.type == Field.TYPE_STRING:
            return self._text(field.name)
        if field.type == Field.TYPE_BYTES:
            return self.chance.randbytes(self.chance.choice((0, 1, 32)))
        number = self.chance.choice(NUMBERS)
        if field.type in {Field.TYPE_UINT32, Field.TYPE_UINT64}:
            return abs(number) % 2**31
        return max(-(2**31), min(number, 2**31 - 1)) if field.type == Field.TYPE_INT32 else number

    def _text(self, name):
        if self.chance.random() < 0.08:
            return self.chance.choice(TEXTS)
        if "uscc" in name or name in {"consortium_members", "head_office", "successor_of"}:
            return self.chance.choice(self.codes)
        if name in NAMED:
            return self.chance.choice(NAMED[name])
        if name.endswith(("_on", "_date", "_until", "_from", "day")):
            return self.chance.choice(DATES)
        return self.chance.choice(TEXTS)

    def mutated(self, raw):
        """Return the bytes with some flipped, cut, doubled or strewn in."""
        content = bytearray(raw)
        for _ in range(self.chance.choice((1, 1, 2, 5))):
            place = self.chance.randrange(len(content) + 1)
            how = self.chance.randrange(5)
            if how == 0 and place < len(content):
                content[place] ^= 1 << self.chance.randrange(8)
            elif how == 1:
                del content[place : place + self.chance.randrange(9)]
            elif how == 2:
                content[place:place] = self.chance.randbytes(self.chance.randrange(1, 9))
            elif how == 3:
                content[place:place] = content[place : place + self.chance.randrange(1, 40)]
            else:
                del content[place:]
        return bytes(content)
