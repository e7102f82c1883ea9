"""`mintage list`, `add` and `remove`: short names for templates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.settings import add_template, load_settings, remove_template
from mintage.sources.public import public_form
from mintage.terminal import one_line

if TYPE_CHECKING:
    from argparse import Namespace


def list_templates(arguments: Namespace) -> int:
    """Print all registered templates."""
    templates = load_settings().templates
    if arguments.json:
        listed = [
            {"name": name, "source": public_form(found.source), "ref": found.ref, "directory": found.directory}
            for name, found in sorted(templates.items())
        ]
        output.put(json.dumps({"kind": "templates", "version": 1, "templates": listed}, indent=2))
        return 0
    if not templates:
        output.put("no template is registered; `mintage add NAME SOURCE` registers one")
        return 0
    width = max(map(len, templates))
    lines = []
    for name, found in sorted(templates.items()):
        ref = f" at {found.ref}" if found.ref else ""
        directory = f" in {found.directory}" if found.directory else ""
        lines.append(f"{one_line(name):<{width}}  {one_line(public_form(found.source) + ref + directory)}")
    output.put("\n".join(lines))
    return 0


def add(arguments: Namespace) -> int:
    """Register a template."""
    add_template(arguments.name, arguments.source, ref=arguments.ref, directory=arguments.directory)
    output.put(f"{arguments.name} is registered; use it as `mintage new {arguments.name}`")
    return 0


def remove(arguments: Namespace) -> int:
    """Forget a registered template; its source stays where it is."""
    remove_template(arguments.name)
    output.put(f"{arguments.name} is forgotten")
    return 0
