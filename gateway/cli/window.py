"""``jsg window``: what HRSS's window asks for who applies there, what that one objects to, and the answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, objection_pb2, subject_pb2

from formats.civil import midnight, parse_date
from gateway.cli import days
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.cli.show import local
from gateway.domain.kinds.publication_objection import ObjectionResult
from gateway.domain.objections import ObjectionAbout
from gateway.domain.vocabulary import DecisionPoint

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from google.protobuf.message import Message

    from gateway.cli.connection import Subparsers

OK = 0
PAGE = 1_000


def register(subparsers: Subparsers) -> None:
    """Add ``window`` with its commands."""
    window = subparsers.add_parser("window", help="what the window asks for an enterprise that applies there")
    commands = window.add_subparsers(required=True, metavar="COMMAND")
    asked = command(
        commands,
        "asked",
        "who asked about the enterprise: organisation, purpose and time",
        "jsg window asked 91420300MA10004470 --case 窗口〔2026〕3号 --from 2026-01-01",
        run_asked,
    )
    asked.add_argument("--from", dest="since", type=day, default="", metavar="YYYY-MM-DD", help="first day")
    asked.add_argument("--until", type=day, default="", metavar="YYYY-MM-DD", help="day at whose start it ends")
    objection = command(
        commands,
        "object",
        "file an objection to what a document says",
        "jsg window object 91420300MA10004470 --case 窗口〔2026〕3号 --about penalty \\\n"
        "    --document 罚〔2026〕1号 --grounds …",
        run_object,
    )
    objection.add_argument(
        "--about", required=True, choices=[each.value.lower() for each in ObjectionAbout], help="what it is about"
    )
    objection.add_argument("--document", required=True, help="number of the document that is objected to")
    objection.add_argument("--grounds", required=True, help="why the enterprise objects")
    objection.add_argument("--request-id", default="", help="the same id files the same objection once (default: new)")
    objections = command(
        commands,
        "objections",
        "the enterprise's objections, and what became of each",
        "jsg window objections 91420300MA10004470 --case 窗口〔2026〕3号",
        run_objections,
    )
    answer = command(
        commands,
        "answer",
        "answer an objection, as the authority whose record it is about",
        "jsg window answer objection-… --authority 示例市人力资源和社会保障局 --document 复〔2026〕1号 \\\n"
        "    --on 2026-03-02 --result upheld --answer 复核后维持",
        run_answer,
    )
    answer.add_argument("objection", metavar="OBJECTION", help="id of the objection")
    answer.add_argument("--authority", required=True, help="authority that answers")
    answer.add_argument("--document", required=True, help="document number of the answer")
    answer.add_argument("--on", type=day, required=True, metavar="YYYY-MM-DD", help="day of the answer")
    answer.add_argument("--result", required=True, choices=[each.value.lower() for each in ObjectionResult])
    answer.add_argument("--answer", required=True, help="what the party is told")
    answer.add_argument("--officer", default=account(), help="who answers (default: the account logged in)")
    days.register_window(commands)
    for parser in (asked, objection, objections):
        parser.add_argument("uscc", metavar="USCC", help="code of the enterprise that applies")
        parser.add_argument("--case", dest="case_ref", required=True, help="number of its application")
        parser.add_argument("--officer", default=account(), help="who checked who applies (default: you)")


def run_asked(arguments: argparse.Namespace) -> int:
    """List who asked, page after page, newest first."""
    request = subject_pb2.ListWhoAskedRequest(**_applies(arguments), page_size=PAGE)
    for said, field in ((arguments.since, getattr(request, "from")), (arguments.until, request.until)):
        if said:
            field.FromDatetime(_start_of(said))
    found = subject_pb2.ListWhoAskedResponse()
    with connect(arguments, client_file(arguments).window) as client:
        while True:
            page = client.subject("ListWhoAsked", request, subject_pb2.ListWhoAskedResponse)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    if arguments.json:
        return _print_json(found)
    for each in found.questions:
        point = DecisionPoint(each.decision_point).name if each.decision_point else each.method
        name = f"{each.agency_name.zh} {each.agency_name.en}".strip() or each.agency
        print(f"{local(each.asked_at)}  {name}  {point}  {'/'.join(each.relations)}  {each.purpose}".rstrip())
    print(f"{len(found.questions)} 次查询 questions")
    return OK


def run_object(arguments: argparse.Namespace) -> int:
    """File an objection, and print who answers it by when."""
    request = objection_pb2.FileObjectionRequest(
        **_applies(arguments),
        request_id=arguments.request_id or str(uuid.uuid4()),
        about=arguments.about.upper(),
        document_number=arguments.document,
        grounds=arguments.grounds,
    )
    with connect(arguments, client_file(arguments).window) as client:
        filed = client.subject("FileObjection", request, objection_pb2.FileObjectionResponse)
    if arguments.json:
        return _print_json(filed)
    by = f"应于 {filed.answer_by} 前答复 to be answered by {filed.answer_by}" if filed.answer_by else _REMEDIES
    print(f"{filed.objection_id}  {filed.authority}  {by}")
    return OK


def run_objections(arguments: argparse.Namespace) -> int:
    """List the enterprise's objections, newest first."""
    request = objection_pb2.ListOwnObjectionsRequest(**_applies(arguments))
    with connect(arguments, client_file(arguments).window) as client:
        found = client.subject("ListOwnObjections", request, objection_pb2.ListOwnObjectionsResponse)
    if arguments.json:
        return _print_json(found)
    for each in found.objections:
        print(f"{each.received_on}  {each.about}  {each.document_number}  {each.objection_id}  {each.authority}")
        if each.answered_on:
            print(f"    已答复 answered {each.answered_on} {each.result} {each.answer_number} {each.answer}".rstrip())
        else:
            print(f"    未答复 open {f'应于 by {each.answer_by}' if each.answer_by else _REMEDIES}")
    print(f"{len(found.objections)} 件异议 objections")
    return OK


def run_answer(arguments: argparse.Namespace) -> int:
    """Answer an objection as HRSS."""
    request = objection_pb2.AnswerObjectionRequest(
        request_id=str(uuid.uuid4()),
        objection_id=arguments.objection,
        authority=arguments.authority,
        document_number=arguments.document,
        decided_on=arguments.on,
        result=arguments.result.upper(),
        answer=arguments.answer,
        officer=arguments.officer,
    )
    with connect(arguments, client_file(arguments).records_reader) as client:
        answered = client.registry("AnswerObjection", request, objection_pb2.AnswerObjectionResponse)
    if arguments.json:
        return _print_json(answered)
    print(f"已答复 answered: {answered.uscc}, data revision {answered.data_revision}")
    return OK


_REMEDIES = "可申请行政复议或者提起行政诉讼 reconsideration and lawsuit are open"


def _applies(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "enterprise": common_pb2.EnterpriseRef(uscc=arguments.uscc),
        "case_ref": arguments.case_ref,
        "officer": arguments.officer,
    }


def _start_of(said: str) -> datetime:
    return midnight(parse_date(said))


def _print_json(message: Message) -> int:
    print(json_format.MessageToJson(message, preserving_proto_field_name=True, ensure_ascii=False))
    return OK
