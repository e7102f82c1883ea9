"""`mintage inspect`: show a template's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.cli import output
from mintage.cli.arguments import add_debug, add_source
from mintage.cli.project_arguments import loaded_template
from mintage.data.documents import VERSION
from mintage.terminal import one_line, printable, terminal_columns

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from mintage.template import Template

USAGE = "TEMPLATE [options]"
EXAMPLES = """\
examples:
  mintage inspect ./my-template
  mintage inspect ./my-template --json | jq .schema   a JSON Schema of the answers, to build a form from
"""
_HEADER = ("question", "type", "default", "choices", "notes")
_NOT_SHOWN = "***"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage inspect`."""
    parser.add_argument("template", metavar="TEMPLATE", help="as for `mintage new`")
    add_source(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document with a JSON Schema of the answers")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Print the questions. None of the author's code runs."""
    from mintage.answers.schema import question_schema
    from mintage.rendering.jinja_text import JinjaText

    with loaded_template(arguments) as template:
        schema = question_schema(template, JinjaText(template.renderer))
    if arguments.json:
        output.put_document(_document(template, schema))
    else:
        output.put(_table(template, schema))
    return 0


def _document(template: Template, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "inspect",
        "version": VERSION,
        "template": {"format": template.format, "origin": template.origin},
        "schema": schema,
    }


def _table(template: Template, schema: dict[str, Any]) -> str:
    """Return a table for people: a row for each question, as wide as the terminal."""
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    about = f"{one_line(template.origin)} ({template.format})"
    if not schema["properties"]:
        return f"{about} has no questions"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    for title in _HEADER:
        table.add_column(title, overflow="fold", no_wrap=title == _HEADER[0])
    rules = [schema, *(rule["then"] for rule in schema.get("allOf", ()))]
    required = {name for rule in rules for name in rule.get("required", ())}
    for name, question in schema["properties"].items():
        is_required = name in required
        table.add_row(*(Text(printable(cell)) for cell in _row(name, question, is_required=is_required)))
    shown = StringIO()
    Console(file=shown, width=terminal_columns(), color_system=None).print(table)
    lines = (line.rstrip() for line in shown.getvalue().splitlines())
    return "\n".join([f"{about} asks:", *(line for line in lines if line)])


def _row(name: str, question: dict[str, Any], *, is_required: bool) -> tuple[str, ...]:
    about = [text for text in (question.get("title"), question.get("description")) if text and text != name]
    about += [f"only if {question['x-when']}"] if "x-when" in question else []
    about += [f"must match {question['x-pattern']}"] if "x-pattern" in question else []
    about += [f"must be true: {question['x-check']}"] if "x-check" in question else []
    choices = question.get("items", question)
    offered = [_choice(str(each["const"]), each["title"]) for each in choices.get("oneOf", ())]
    offered += map(str, choices.get("enum", choices.get("x-choices-template", ())))
    return name, question["x-type"], _default(question, is_required=is_required), "\n".join(offered), "\n".join(about)


def _default(question: dict[str, Any], *, is_required: bool) -> str:
    if is_required:
        return "(none)"
    if question.get("writeOnly"):
        return _NOT_SHOWN
    if "x-default-template" in question:
        return str(question["x-default-template"])
    default = question.get("default", "")
    if isinstance(default, list):
        return ", ".join(map(str, default))
    return ("yes" if default else "no") if isinstance(default, bool) else str(default)


def _choice(value: str, label: str) -> str:
    return value if label == value else f"{value} ({label})"
