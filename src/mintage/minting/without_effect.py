"""Finds what has no effect on a run: answers that nothing reads, and options for other formats."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from mintage.formats.shared.tree import VERSION_CONTROL
from mintage.template.questions import unknown_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.minting.options import Options
    from mintage.template import Template
    from mintage.template.questions import GivenAnswers

_BLOCK = 1024 * 1024
# They are used before the format is known, for short names and versions of templates.
_FOR_ANY_FORMAT = frozenset({"config_file", "default_config", "ref", "prereleases"})


def unread_answers(template: Template, given: GivenAnswers) -> Iterator[str]:
    """Yield a warning for each given answer that no question asks for and no file of the template mentions.

    Only for formats that pass such answers to templates (Copier); the others refuse them, or warn about them already.
    """
    if not (template.allows_extra_answers and template.takes_given_answers):
        return
    questions = [question.name for question in template.questions]
    # If a file of saved answers is given as data, it also names its template.
    data = [name for name in given.data if not name.startswith("_")]
    extra = [name for name in dict.fromkeys((*given.flags, *data)) if name not in questions]
    mentioned = _mentioned(template.top or template.root, extra) if extra else frozenset()
    for name in extra:
        if name not in mentioned:
            yield unknown_answer(name, questions)


def options_of_other_formats(template: Template, options: Options) -> Iterator[str]:
    """Yield a warning for each option that is only for templates of another format."""
    for name, own in (("cookiecutter", options.cookiecutter), ("copier", options.copier)):
        if name == template.format:
            continue
        unset = type(own)()
        if own == unset:
            continue
        for field in own.__struct_fields__:
            default = getattr(unset, field)
            if field not in _FOR_ANY_FORMAT and getattr(own, field) != default:
                option = f"{type(own).__name__}({field}={True if default is False else '...'})"
                yield f"`Options({name}={option})` has no effect: it is for {name.capitalize()} templates only"


def _mentioned(top: str, names: list[str]) -> frozenset[str]:
    """Return the names that occur as words in the files below a directory, or in their paths."""
    word = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(name.encode()) for name in names))
    found: set[bytes] = set()
    longest = max(len(name.encode()) for name in names) + 1
    for folder, subfolders, files in os.walk(top):
        subfolders[:] = [name for name in subfolders if name not in VERSION_CONTROL]
        for name in (*subfolders, *files):
            found.update(word.findall(os.fsencode(name)))
        for name in files:
            if len(found) == len(names):
                break
            with suppress(OSError):
                found.update(_words_in(os.path.join(folder, name), word, longest))
    return frozenset(each.decode() for each in found)


def _words_in(file: str, word: re.Pattern[bytes], longest: int) -> Iterator[bytes]:
    """Yield the matches in a regular file, which is read in blocks that overlap by the longest possible match."""
    if not os.path.isfile(file):
        return
    with open(file, "rb") as opened:
        end = b""
        while block := opened.read(_BLOCK):
            yield from word.findall(end + block)
            end = block[-longest:]
