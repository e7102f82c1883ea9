"""`mintage impact`: show what depends on an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mintage.analysis.impact import Aspect, Effect, impact_of
from mintage.cli import output
from mintage.cli.arguments import add_debug, add_source
from mintage.cli.project_arguments import add_named_project, find_template, loaded_template
from mintage.data.documents import VERSION, where_document
from mintage.terminal import Style, one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Iterator, Sequence

    from mintage.template import Template

USAGE = "VARIABLE [--template TEMPLATE] [options]"
EXAMPLES = """\
examples:
  mintage impact license                              in a project: with its own template
  mintage impact license --template ./my-template
"""
_MOST_PLACES = 3


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage impact`."""
    parser.add_argument("variable", metavar="VARIABLE", help="a question of the template, or a name that it uses")
    add_named_project(parser.add_argument_group("template"))
    add_source(parser)
    parser.add_argument("-a", "--answers-file", metavar="FILE", help="file in which a Copier project keeps its answers")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Print what depends on the answer. Nothing of the template's author runs."""
    from mintage.analysis.references import Analysis
    from mintage.formats import survey_of

    find_template(arguments)
    with loaded_template(arguments) as template:
        effects = impact_of(arguments.variable, Analysis(survey_of(template)))
    if arguments.json:
        output.put_document(_document(arguments.variable, template, effects))
    else:
        output.put("\n".join(_lines(arguments.variable, effects, Style(output.standard_output()))))
    return 0


def _document(variable: str, template: Template, effects: Sequence[Effect]) -> dict[str, Any]:
    return {
        "kind": "impact",
        "version": VERSION,
        "template": {"format": template.format, "origin": template.origin},
        "variable": variable,
        "effects": [
            {
                "aspect": effect.aspect.name.lower(),
                "name": effect.name,
                "how": effect.how,
                "via": list(effect.via),
                "reads_all": effect.all,
                "places": [where_document(place) for place in effect.places],
            }
            for effect in effects
        ],
    }


def _lines(variable: str, effects: Sequence[Effect], style: Style) -> Iterator[str]:
    if not effects:
        yield f"nothing depends on {one_line(variable)}"
        return
    direct = [effect for effect in effects if not effect.via]
    yield f"depends on {style('bold', one_line(variable))}:"
    yield from _of_each_aspect(direct, style)
    chains = dict.fromkeys(effect.via for effect in effects if effect.via)
    for chain in chains:
        yield f"through {style('bold', one_line(' -> '.join(chain)))}:"
        yield from _of_each_aspect([effect for effect in effects if effect.via == chain], style)


def _of_each_aspect(effects: Sequence[Effect], style: Style) -> Iterator[str]:
    for aspect in Aspect:
        for effect in sorted((each for each in effects if each.aspect is aspect), key=lambda each: each.name):
            how = f": {effect.how}" if effect.how else ""
            every = ", together with all other answers" if effect.all else ""
            what = f"{one_line(effect.name)}{how}{every}"
            yield f"  {aspect.name.lower():<9}  {what}{style('dim', _places(effect.places, effect.name))}"


def _places(places: Iterable[Any], name: str) -> str:
    """Return the places; those in the file itself as line and column only."""
    shown = [str(place).removeprefix(name).removeprefix(":") for place in places if str(place) != name]
    more = f" and {len(shown) - _MOST_PLACES} more" if len(shown) > _MOST_PLACES else ""
    return f"  {one_line(', '.join(shown[:_MOST_PLACES]))}{more}" if shown else ""
