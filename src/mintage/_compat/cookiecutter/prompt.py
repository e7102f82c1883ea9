"""Asks the questions of hooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.prompt import Confirm, InvalidResponse, Prompt

from mintage.template.questions import parse_yes_no

Prompts = Mapping[str, Any]


class _YesNo(Confirm):
    def process_response(self, value: str) -> bool:
        try:
            return parse_yes_no(value)
        except ValueError as error:
            raise InvalidResponse(self.validate_error_message) from error


def read_user_variable(var_name: str, default_value: Any, prompts: Prompts | None = None, prefix: str = "") -> Any:
    """Ask for a value, and return it; the default for an empty line."""
    return Prompt.ask(f"{prefix}{_question(var_name, prompts, var_name)}", default=default_value)


def read_user_yes_no(var_name: str, default_value: Any, prompts: Prompts | None = None, prefix: str = "") -> Any:
    """Ask for yes or no, in all of Cookiecutter's spellings, and return it; the default for an empty line."""
    return _YesNo.ask(f"{prefix}{_question(var_name, prompts, var_name)}", default=default_value)


def read_user_choice(var_name: str, options: Sequence[Any], prompts: Prompts | None = None, prefix: str = "") -> Any:
    """Ask for the number of an option, and return the option; the first one for an empty line."""
    if not options:
        raise ValueError("there is nothing to choose from")
    numbers = [str(number) for number in range(1, len(options) + 1)]
    lines = (
        f"    [bold magenta]{number}[/] - [bold]{option}[/]" for number, option in zip(numbers, options, strict=True)
    )
    question = "\n".join((f"{prefix}{_question(var_name, prompts, f'Select {var_name}')}", *lines, "    Choose from"))
    return options[int(Prompt.ask(question, choices=numbers, default="1")) - 1]


def _question(name: str, prompts: Prompts | None, usual: str) -> str:
    found = (prompts or {}).get(name)
    if isinstance(found, Mapping):
        found = found.get("__prompt__")
    return str(found or usual)
