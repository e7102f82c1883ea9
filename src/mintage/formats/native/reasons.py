"""Explains native templates: `exclude`, `copy_only`, `skip_if_exists`, `[[each]]`, `[[order]]`, the suffix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mintage.data.toml_places import written_toml
from mintage.errors import Location
from mintage.files.patterns import GitignorePatterns
from mintage.formats.explanations import LeftOut, Rule, deciding_pattern, empty_part
from mintage.formats.native import CONFIGURATION_FILE, SAVED_ANSWERS_FILE
from mintage.formats.native.layout import OWN_FILES, NativeLayout
from mintage.formats.shared.survey import read_text, relative
from mintage.formats.shared.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.formats.explanations import ExplanationRequest
    from mintage.formats.native.schema import EachTable
    from mintage.planning.model import PlannedFile


def left_out(request: ExplanationRequest) -> Iterator[LeftOut]:
    """See `Reasons`."""
    layout = _layout(request)
    places = _Places(layout)
    patterns = list(_excluding(request, places))
    repeated = {each.file: (number, each) for number, each in enumerate(layout.configuration.each)}
    suffix = layout.configuration.render.suffix
    for item in walk(layout.root, layout.top):
        if item.is_folder:
            continue
        name = places.named(item.path)
        path = item.path.removesuffix(suffix)
        empty = empty_part(request, path)
        target = "" if empty else request.text(path, f"the path {path}")
        if item.path in OWN_FILES:
            yield LeftOut(name, path, target, Rule("it belongs to the template, not to the project"))
            continue
        index = deciding_pattern([pattern for pattern, _ in patterns], item.path, prunes=True)
        if index is not None:
            yield LeftOut(name, path, target, patterns[index][1])
        elif item.path in repeated:
            number, each = repeated[item.path]
            if why := _not_repeated(request, each):
                yield LeftOut(name, path, "", Rule(why, places.of(each.items, "each", number, "items")))
        elif empty:
            yield LeftOut(name, path, "", empty)


def rules(request: ExplanationRequest, file: PlannedFile) -> Iterator[Rule]:
    """See `Reasons`."""
    layout = _layout(request)
    places = _Places(layout)
    configuration = layout.configuration
    if file.target == SAVED_ANSWERS_FILE:
        yield Rule("Mintage writes your answers to it, for generating the project again")
        return
    for number, each in enumerate(configuration.each):
        if each.file == file.name and each.as_ in file.variables:
            what = f"[[each]] generates it once for each {each.as_} in {each.items}"
            yield Rule(what, places.of(each.items, "each", number, "items"))
    copied = deciding_pattern(configuration.files.copy_only, file.name, prunes=True)
    if copied is not None:
        pattern = configuration.files.copy_only[copied]
        yield Rule(
            f"copy_only lists {pattern}, so it is copied without rendering", places.of(pattern, "files", "copy_only")
        )
    elif suffix := configuration.render.suffix:
        has_it = file.name.endswith(suffix)
        what = f"it has the suffix {suffix}" if has_it else f"it doesn't have the suffix {suffix}, so it is copied"
        yield Rule(what, places.of(suffix, "render", "suffix"))
    kept = deciding_pattern(configuration.files.skip_if_exists, file.target, prunes=True)
    if kept is not None:
        pattern = configuration.files.skip_if_exists[kept]
        what = f"skip_if_exists lists {pattern}, so an existing file is left alone"
        yield Rule(what, places.of(pattern, "files", "skip_if_exists"))
    for number, rule in enumerate(configuration.order):
        if GitignorePatterns(rule.files).matches(file.target):
            what = f"[[order]] generates it after {', '.join(rule.after)}"
            yield Rule(what, places.of(rule.after[0] if rule.after else "", "order", number, "after"))


def _layout(request: ExplanationRequest) -> NativeLayout:
    layout = request.template.layout
    assert isinstance(layout, NativeLayout)
    return layout


def _excluding(request: ExplanationRequest, places: _Places) -> Iterator[tuple[str, Rule]]:
    """Yield the patterns of `exclude` that apply with these answers."""
    for rule in _layout(request).configuration.files.exclude:
        if isinstance(rule, str):
            yield rule, Rule(f"exclude lists {rule}", places.of(rule, "files", "exclude"))
        elif request.layout.render.value(rule.when, request.layout.context, what=f"`when` of {rule.match}"):
            where = places.of(rule.when, "files", "exclude")
            for pattern in [rule.match] if isinstance(rule.match, str) else rule.match:
                yield pattern, Rule(f"exclude lists {pattern} when {rule.when}", where)


def _not_repeated(request: ExplanationRequest, each: EachTable) -> str:
    """Return why an [[each]] generates nothing; "" if it does."""
    render, context = request.layout.render, request.layout.context
    what = f"[[each]] for {each.file}"
    if each.when is not None and not render.value(each.when, context, what=what):
        return f"[[each]] has a `when` that is false: {each.when}"
    if not list(render.value(each.items, context, what=what)):
        return f"[[each]] generates nothing: {each.items} is empty"
    return ""


class _Places:
    """Finds the places of values in a mintage.toml."""

    def __init__(self, layout: NativeLayout) -> None:
        self._written = written_toml(read_text(layout.file) or "", CONFIGURATION_FILE)
        inside = relative(str(layout.root), str(Path(layout.file).parent))
        self._prefix = "" if inside == "." else f"{inside}/"

    def of(self, text: str, *path: str | int) -> Location:
        """Return the place of a text that is the value of a key, or in it.

        Args:
            text: The text.
            path: The names of the key and its tables, and the indexes of repeated ones.
        """
        under = self._written.at(*path)
        found = under.find(text) if under else None
        if found is None:
            return Location(CONFIGURATION_FILE, self._written.line_of(*path))
        return Location(CONFIGURATION_FILE, found.line, found.column)

    def named(self, path: str) -> str:
        """Return a file's path, relative to the template's root."""
        return self._prefix + path
