"""Explains Copier templates: `_exclude`, `_skip_if_exists`, the suffix, `yield`, names that render to nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from mintage.errors import Location
from mintage.formats.copier.layout import LINE_END, LOOP, CopierLayout, Loop
from mintage.formats.copier.survey import written_configuration
from mintage.formats.explanations import LeftOut, Rule, deciding_pattern
from mintage.formats.shared.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mintage.formats.explanations import ExplanationRequest
    from mintage.planning.model import PlannedFile


def left_out(request: ExplanationRequest) -> Iterator[LeftOut]:
    """See `Reasons`."""
    layout = _layout(request)
    suffix = layout.configuration.suffix
    inside = request.text(layout.configuration.subdirectory, "_subdirectory").strip("/")
    prefix = f"{inside}/" if inside not in ("", ".") else ""
    patterns = list(_patterns(request, "_exclude", layout.configuration.exclude, layout.exclude))
    keeps_links = bool(layout.configuration.settings.get("preserve_symlinks"))

    def is_kept_link(path: str, _: bool) -> bool:
        return keeps_links and os.path.islink(layout.root / inside / path)

    items = [item for item in walk(layout.root / inside, layout.root, is_kept_link) if not item.is_folder]
    paths = {item.path for item in items}
    for item in items:
        name = prefix + item.path
        path = item.path.removesuffix(suffix)
        if suffix and item.path + suffix in paths:
            yield LeftOut(name, path, path, Rule(f"{name}{suffix} generates this file instead"))
            continue
        target, empty = _rendered(request, path)
        if empty:
            yield LeftOut(name, path, "", Rule(empty, Location(name)))
            continue
        index = deciding_pattern([pattern for pattern, _ in patterns], target, prunes=False)
        if index is not None:
            yield LeftOut(name, path, target, patterns[index][1])


def rules(request: ExplanationRequest, file: PlannedFile) -> Iterator[Rule]:
    """See `Reasons`."""
    layout = _layout(request)
    suffix = layout.configuration.suffix
    keys = [document.keys.get("_templates_suffix") for _, document in written_configuration(request.template)]
    where = next(filter(None, keys), None)
    if suffix and file.source:
        has_it = file.name.endswith(suffix)
        what = f"it has the suffix {suffix}" if has_it else f"it doesn't have the suffix {suffix}, so it is copied"
        yield Rule(what, where)
    if file.variables:
        yield Rule(f"`yield` in its path generates it once for each {', '.join(file.variables)}", Location(file.name))
    skipped = tuple(map(str, layout.configuration.settings.get("skip_if_exists") or ()))
    patterns = list(_patterns(request, "_skip_if_exists", skipped, layout.skip))
    index = deciding_pattern([pattern for pattern, _ in patterns], file.target, prunes=False)
    if index is not None:
        rule = patterns[index][1]
        yield Rule(f"{rule.what}, so an existing file is left alone", rule.where)


def _layout(request: ExplanationRequest) -> CopierLayout:
    layout = request.template.layout
    assert isinstance(layout, CopierLayout)
    return layout


def _patterns(
    request: ExplanationRequest, setting: str, theirs: Sequence[str], users: Sequence[str]
) -> Iterator[tuple[str, Rule]]:
    """Yield each pattern, rendered, with its origin: the template, Copier itself, or the user."""
    written: dict[str, Location] = {}
    for file, document in written_configuration(request.template):
        found = document.get(setting)
        for each in found.texts() if found else ():
            written.setdefault(str(each.value), Location(file, each.line, each.column))
    for texts, default in ((theirs, f"by default, {setting}"), (users, "the command line")):
        for text in texts:
            where = written.get(text) if texts is theirs else None
            for pattern in LINE_END.split(request.text(text, setting)):
                yield pattern, Rule(f"{setting if where else default} lists {pattern}", where)


def _rendered(request: ExplanationRequest, path: str) -> tuple[str, str]:
    """Return the rendered path, and the reason if there is none because a part of it is empty."""
    rendered: list[str] = []
    variables: dict[str, Any] = {}
    for part in path.split("/"):
        loop = Loop()
        context = {**request.layout.context, **variables, LOOP: loop}
        text = request.layout.render.text(part, context, what=f"the path {path}")
        if loop.found is not None:
            variable, items = loop.found
            first = next(iter(items), None)
            if first is None:
                return "", f"`yield` in {part} gets an empty list"
            variables[variable] = first
            inner = {**context, **variables, LOOP: Loop()}
            text = request.layout.render.text(part, inner, what=f"the path {path}")
        if not text:
            return "", f"{part} renders to nothing"
        rendered.append(text)
    return "/".join(rendered), ""
