"""Keys of the configuration that mean nothing to Copier or Cookiecutter, which pass over them in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.analysis.checks.findings import Severity, did_you_mean, finding
from mintage.formats.cookiecutter.survey import INJECTED, PROMPTS
from mintage.formats.cookiecutter.survey import written_configuration as written_cookiecutter
from mintage.formats.copier.survey import written_configuration as written_copier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mintage.analysis.checks.context import CheckContext
    from mintage.analysis.checks.findings import Finding
    from mintage.data.places import Written
    from mintage.errors import Location

COPIER_SETTINGS = sorted(
    {"_answers_file", "_cleanup_on_error", "_conflict", "_context_lines", "_data", "_defaults", "_dst_path", "_envops"}
    | {"_exclude", "_external_data", "_jinja_extensions", "_message_after_copy", "_message_after_update"}
    | {"_message_before_copy", "_message_before_update", "_migrations", "_min_copier_version", "_overwrite"}
    | {"_preserve_symlinks", "_pretend", "_quiet", "_secret_questions", "_skip_answered", "_skip_if_exists"}
    | {"_skip_tasks", "_src_path", "_subdirectory", "_tasks", "_templates_suffix", "_unsafe", "_use_prereleases"}
    | {"_vcs_ref"}
)
_COPIER_QUESTION_KEYS = sorted(
    {"ask", "choices", "default", "help", "multiline", "multiselect", "placeholder", "qmark", "secret", "type"}
    | {"use_shortcuts", "validator", "when"}
)
_COOKIECUTTER_SETTINGS = sorted(
    {"_copy_without_render", "_extensions", "_jinja2_env_vars", "_new_lines", PROMPTS} | INJECTED
)
_SURELY_MEANT = 0.85


def find(check: CheckContext) -> Iterator[Finding]:
    """Keys that mean nothing."""
    template = check.survey.template
    if template.format == "copier":
        for _, document in written_copier(template):
            yield from _copier(check, document)
    elif template.format == "cookiecutter":
        yield from _cookiecutter(check, written_cookiecutter(template))


def _copier(check: CheckContext, document: Written) -> Iterator[Finding]:
    for name, value in document.value.items():
        if name.startswith("_"):
            if name not in COPIER_SETTINGS:
                yield _unknown_setting(name, document.keys[name], COPIER_SETTINGS)
        elif isinstance(value.value, dict) and name in check.survey.questions:
            for key in value.value:
                if key not in _COPIER_QUESTION_KEYS:
                    yield finding(
                        "unknown-key",
                        value.keys[key],
                        f"the question {name} has a key {key}, which means nothing",
                        did_you_mean(key, _COPIER_QUESTION_KEYS) or f"there are {', '.join(_COPIER_QUESTION_KEYS)}",
                    )
    secrets = document.get("_secret_questions")
    for each in secrets.texts() if secrets else ():
        if each.value not in check.survey.questions:
            yield _no_question(each.value, each, check, "_secret_questions")


def _unknown_setting(name: str, where: Location, known: list[str]) -> Finding:
    """Templates keep things of their own under such names, too, to refer to them in YAML."""
    suggestion = did_you_mean(name, known, 0.75)
    severity = Severity.WARNING if suggestion else Severity.NOTE
    return finding("unknown-key", where, f"there is no setting {name}", suggestion, severity=severity)


def _no_question(name: str, written: Written, check: CheckContext, setting: str) -> Finding:
    from mintage.errors import Location

    return finding(
        "unknown-key",
        Location(check.survey.configuration, written.line, written.column),
        f"{setting} names {name}, which is no question",
        did_you_mean(name, [*check.survey.questions]),
    )


def _cookiecutter(check: CheckContext, written: Written) -> Iterator[Finding]:
    read = {each.name for each in check.reads}
    for name, where in written.keys.items():
        is_private = name.startswith("_") and name not in _COOKIECUTTER_SETTINGS and name not in read
        if is_private and (suggestion := did_you_mean(name, _COOKIECUTTER_SETTINGS, _SURELY_MEANT)):
            yield finding("unknown-key", where, f"there is no setting {name}", suggestion)
    prompts = written.get(PROMPTS)
    for name, where in prompts.keys.items() if prompts else ():
        if name not in written.value:
            yield finding(
                "unknown-key",
                where,
                f"{PROMPTS} has a text for {name}, which is no variable",
                did_you_mean(name, [*check.survey.questions]),
            )
