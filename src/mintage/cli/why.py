"""`mintage why`: show why a file of a project is what it is, or why it does not exist."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mintage.cli import output
from mintage.cli.arguments import add_debug
from mintage.cli.project_arguments import add_looking, add_named_project, find_template
from mintage.cli.request import given_answers, make_preparation, options_from
from mintage.data.documents import VERSION, where_document
from mintage.engine import Cancellation, cancel_on_signals
from mintage.template.tasks import TASK_PREFIX
from mintage.terminal import Style, one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from mintage.analysis.why import Explanation
    from mintage.formats.explanations import Rule
    from mintage.planning.model import Plan
    from mintage.redaction import Redaction

USAGE = "FILE [--template TEMPLATE] [options]"
EXAMPLES = """\
examples:
  mintage why src/app.py                              in a project: with its own template
  mintage why Dockerfile -d docker=no                 with another answer
  mintage why README.md --template ./my-template
"""
_MOST_PLACES = 3
_MOST_CHARACTERS = 100
_HIDDEN = "***"
_ACTIONS = {
    "render": "rendered",
    "copy": "copied",
    "write": "written",
    "link": "linked",
    "skip": "left as it is",
}
_REASONS = {"template": "it has template tags", "exists": "it already exists", "binary": "it is binary"}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage why`."""
    parser.add_argument("file", metavar="FILE", help="a file of the project, or of the template")
    group = add_looking(parser)
    add_named_project(group)
    parser.set_defaults(skip_tasks=False)  # they are reported, and don't run
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Print the explanation. Returns the exit code."""
    from mintage.analysis.why import Run, explain
    from mintage.minting.preview import planned

    project = find_template(arguments)
    cancellation = Cancellation()
    preparation = make_preparation(options_from(arguments), cancellation)
    with (
        cancel_on_signals(cancellation),
        planned(preparation, arguments.template, project, given=given_answers(arguments)) as (prepared, plan),
        prepared.redaction.hiding(),
    ):
        run = Run(prepared.template, prepared.context, prepared.given, prepared.render, plan)
        explanation = explain(_in_project(arguments.file, project), run)
    if arguments.json:
        output.put_document(_hidden(_document(explanation, plan), prepared.redaction))
    else:
        style = Style(output.standard_output())
        output.put("\n".join(prepared.redaction.text(line) for line in _lines(explanation, style)))
    return 0


def _in_project(file: str, project: Path) -> str:
    """Return a path relative to the project, from one that is absolute or relative to the current directory."""
    place = Path(os.path.abspath(file))
    if Path.cwd().is_relative_to(project.absolute()) or os.path.isabs(file):
        inside = os.path.relpath(place, project.absolute())
        if not inside.startswith(".."):
            return inside
    return os.path.normpath(file)


def _hidden(value: Any, redaction: Redaction) -> Any:
    if isinstance(value, str):
        return redaction.text(value)
    if isinstance(value, dict):
        return {name: _hidden(inner, redaction) for name, inner in value.items()}
    return [_hidden(inner, redaction) for inner in value] if isinstance(value, list) else value


def _document(explanation: Explanation, plan: Plan) -> dict[str, Any]:
    obstacle = explanation.obstacle
    return {
        "kind": "why",
        "version": VERSION,
        "template": {"format": plan.format, "origin": plan.origin},
        "destination": str(plan.destination),
        "file": explanation.target or None,
        "comes_out": explanation.comes_out,
        "template_file": explanation.template_file or None,
        "also_makes": list(explanation.others),
        "action": explanation.action or None,
        "reason": explanation.reason,
        "rules": [{"what": rule.what, "where": where_document(rule.where)} for rule in explanation.rules],
        "answers": [
            {
                "name": answer.name,
                "value": None if answer.secret else _json_value(answer.value),
                "secret": answer.secret,
                "origin": answer.origin.name.lower(),
                "places": [where_document(place) for place in answer.places],
            }
            for answer in explanation.answers
        ],
        "reads_all": explanation.reads_all,
        "variables": {name: _json_value(value) for name, value in explanation.variables.items()},
        "depends_on": list(explanation.depends_on),
        "dependents": list(explanation.dependents),
        "renderer": explanation.rendered_by or None,
        "why_not_fast": {"what": obstacle.why, "line": obstacle.line or None, "tag": obstacle.tag}
        if obstacle
        else None,
    }


def _json_value(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _lines(explanation: Explanation, style: Style) -> Iterator[str]:
    name = one_line(explanation.target or explanation.template_file)
    if not explanation.comes_out:
        yield f"{style('bold', name)} is not generated"
        if explanation.target:
            yield _line("template", explanation.template_file)
        yield from (_rule("because", rule, style) for rule in explanation.rules)
        yield from _answers(explanation, style)
        return
    reason = _REASONS.get(explanation.reason, explanation.reason)
    why = f": {one_line(reason)}" if reason else ""
    yield f"{style('bold', name)} is {_ACTIONS[explanation.action]}{why}"
    if explanation.template_file:
        yield _line("template", explanation.template_file)
    if explanation.others:
        yield _line("also makes", ", ".join(explanation.others))
    yield from (_rule("rule", rule, style) for rule in explanation.rules)
    for name, value in explanation.variables.items():
        yield _line("item", f"{name} = {_shown(value)}")
    yield from _answers(explanation, style)
    if explanation.depends_on:
        yield _line("waits for", ", ".join(explanation.depends_on))
    tasks = [name.removeprefix(TASK_PREFIX) for name in explanation.dependents if name.startswith(TASK_PREFIX)]
    if files := [name for name in explanation.dependents if not name.startswith(TASK_PREFIX)]:
        yield _line("needed by", ", ".join(files))
    if tasks:
        yield _line("then runs", f"{', '.join(tasks)}, which may change or remove it")
    yield from _renderer_line(explanation, style)


def _renderer_line(explanation: Explanation, style: Style) -> Iterator[str]:
    obstacle = explanation.obstacle
    if explanation.rendered_by == "fast":
        yield _line("rendered", "without compiling it")
    elif obstacle:
        tag = f": {_cut(obstacle.tag)}" if obstacle.tag else ""
        place = f"  {one_line(explanation.template_file)}:{obstacle.line}" if obstacle.line else ""
        yield _line("rendered", f"by Jinja2; {obstacle.why}{tag}") + style("dim", place)


def _rule(title: str, rule: Rule, style: Style) -> str:
    place = f"  {one_line(str(rule.where))}" if rule.where else ""
    return _line(title, rule.what) + style("dim", place)


def _answers(explanation: Explanation, style: Style) -> Iterator[str]:
    """Yield the answers with their places; those in the template file itself as line and column only."""
    for answer in explanation.answers:
        value = _HIDDEN if answer.secret else _shown(answer.value)
        places = [str(place).removeprefix(f"{explanation.template_file}:") for place in answer.places]
        more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
        shown = one_line(", ".join(places[:_MOST_PLACES]))
        yield _line("answer", f"{answer.name} = {value} ({answer.origin.value})") + style("dim", f"  {shown}{more}")

    if explanation.reads_all:
        yield _line("answer", "all at once")


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "..."


def _line(title: str, text: str) -> str:
    return f"  {title:<10} {one_line(text)}"
