"""The keys that Copier knows in a copier.yml, and those of a template that it silently ignores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.errors import Location
from mintage.template.texts import UnknownKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mintage.data.places import Written

SETTINGS = tuple(
    sorted(
        {"_answers_file", "_cleanup_on_error", "_conflict", "_context_lines", "_data", "_defaults", "_dst_path"}
        | {"_envops", "_exclude", "_external_data", "_jinja_extensions", "_message_after_copy"}
        | {"_message_after_update", "_message_before_copy", "_message_before_update", "_migrations"}
        | {"_min_copier_version", "_overwrite", "_preserve_symlinks", "_pretend", "_quiet", "_secret_questions"}
        | {"_skip_answered", "_skip_if_exists", "_skip_tasks", "_src_path", "_subdirectory", "_tasks"}
        | {"_templates_suffix", "_unsafe", "_use_prereleases", "_vcs_ref"}
    )
)
_QUESTION_KEYS = tuple(
    sorted(
        {"ask", "choices", "default", "help", "multiline", "multiselect", "placeholder", "qmark", "secret", "type"}
        | {"use_shortcuts", "validator", "when"}
    )
)


def unknown_keys(
    documents: Iterable[Written], questions: Mapping[str, Location], configuration: str
) -> Iterator[UnknownKey]:
    """Yield the keys that Copier ignores.

    Args:
        documents: The documents of copier.yml and of what it includes.
        questions: The questions of the template, with their places.
        configuration: The name of the configuration file.
    """
    for document in documents:
        for name, value in document.value.items():
            if name.startswith("_"):
                if name not in SETTINGS:
                    # Templates also use such names for values that they refer to elsewhere in the YAML.
                    what = f"unknown setting {name}"
                    yield UnknownKey(name, document.keys[name], what, SETTINGS, likeness=0.75, may_be_meant=True)
            elif isinstance(value.value, dict) and name in questions:
                for key in value.value:
                    if key not in _QUESTION_KEYS:
                        what = f"unknown key {key} in the question {name}"
                        yield UnknownKey(key, value.keys[key], what, _QUESTION_KEYS, lists_known=True)
        secrets = document.get("_secret_questions")
        for each in secrets.texts() if secrets else ():
            if each.value not in questions:
                where = Location(configuration, each.line, each.column)
                what = f"_secret_questions names {each.value}, which is not a question"
                yield UnknownKey(each.value, where, what, tuple(questions))
