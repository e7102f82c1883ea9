"""Questions and answers, in any format. Plain, frozen values; asks nobody."""

from __future__ import annotations

from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from mintage.data.parsing import DataError, parse_yaml
from mintage.terminal import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mintage.errors import Location

Answers = dict[str, Any]


class QuestionType(Enum):
    """What kind of value answers a question."""

    STR = "str"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    CHOICE = "choice"
    MULTI_CHOICE = "multi-choice"
    LIST = "list"
    PATH = "path"
    SECRET = "secret"  # noqa: S105 - the name of a type
    DICT = "dict"
    YAML = "yaml"
    JSON = "json"


_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})
_LOOSE_NO = frozenset({"", "n", "no", "f", "false", "off", "~", "null", "none"})


def parse_yes_no(text: str) -> bool:
    """Parse yes or no, with the words that Cookiecutter accepts.

    Raises:
        ValueError: The text is neither yes nor no.
    """
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


def parse_yaml_answer(text: str) -> Any:
    """Parse an answer that is written as YAML.

    Raises:
        ValueError: The text is not valid YAML.
    """
    try:
        return parse_yaml(text)
    except DataError as error:
        raise ValueError(f"expected YAML: {error}") from None


def parse_loose_yes_no(value: Any) -> bool:
    """Return whether Copier considers a value a yes.

    A number is a yes unless it is 0, and text is a yes unless it is blank or YAML's words for no or nothing.
    """
    with suppress(TypeError, ValueError, OverflowError):
        return bool(float(value))
    if isinstance(value, str):
        return value.strip().lower() not in _LOOSE_NO
    return bool(value)


def how_to_answer(examples: Mapping[str, str]) -> str:
    """Return the hint for questions that were not answered.

    Args:
        examples: An example of an answer by the name of each question.
    """
    answers = ", ".join(f"'{name}': {example}" for name, example in examples.items())
    return f"answer them with `data={{{answers}}}`, or in a terminal with `Options(use_defaults=False)`"


def unknown_answer(name: str, asked: Iterable[str]) -> str:
    """Return what to say of an answer that no question asks for.

    Args:
        name: What was answered.
        asked: The names of the questions that are asked.
    """
    meant = suggest(name, asked, most=1)
    return f"{name}: the template does not ask for it{meant and f'; {meant}'}"


class Missing(Enum):
    """The type of REQUIRED, which takes the place of a default when the question must be answered."""

    REQUIRED = "required"


REQUIRED = Missing.REQUIRED


class Choice(Struct, frozen=True):
    """A value that a choice question offers."""

    value: Any
    """The value, which may be template text."""
    label: str = ""
    """The text to show, which may be template text; "" for the value itself."""
    disabled: str = ""
    """Why the value cannot be chosen now; "" if it can."""


class YesNoText(Struct, frozen=True):
    """Template text that renders to yes or no, as YAML and Copier spell them (`yes`, `off`, `1`, ``, ...)."""

    text: str


class Question(Struct, frozen=True):
    """Something the template wants to know."""

    name: str
    """The name of the answer in templates."""
    type: QuestionType = QuestionType.STR
    """The type of the answer."""
    default: Any = REQUIRED
    """A plain value, or template text with `default_is_template` (strings inside lists and dicts, too); REQUIRED if
    there is none."""
    default_is_template: bool = True
    """Whether the default and the choices are rendered."""
    prompt: str = ""
    """The text to show; "" for the name."""
    help: str = ""
    """A longer explanation."""
    group: str = ""
    """The heading above the question."""
    choices: tuple[Choice, ...] = ()
    """The values to choose from, for CHOICE and MULTI_CHOICE."""
    when: str | YesNoText | None = None
    """An expression, or text that renders to yes or no. If it is false, the question is not asked, and its answer is
    the default (None without one)."""
    pattern: str | None = None
    """A regular expression that must match the entire text."""
    check: str | None = None
    """An expression over the answers, including this one, that must be true."""
    message: str = ""
    """What to show if the pattern or the check rejects an answer."""
    validator: str = ""
    """Template text that renders to what is wrong with an answer; only for formats with their own questionnaire."""
    asked: bool = True
    """Whether the question is ever asked; private variables are not."""
    multiline: bool = False
    """Whether the text may have several lines."""
    placeholder: str = ""
    """The text to show while nothing is typed."""
    where: Location | None = None
    """The line in the template's configuration that has the question."""

    @property
    def has_default(self) -> bool:
        """Whether the question need not be answered."""
        return self.default is not REQUIRED

    @property
    def secret(self) -> bool:
        """Whether the answer must never be shown or saved."""
        return self.type is QuestionType.SECRET


class GivenAnswers(Struct, frozen=True):
    """Answers that the user gave without being asked."""

    flags: Mapping[str, str] = field(default_factory=dict)
    """Text from the command line (`-d KEY=VALUE`), which takes precedence."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Typed values from data files or a library call."""
    user_defaults: Mapping[str, Any] = field(default_factory=dict)
    """The user's own defaults for questions of any template, which saved answers override."""


class Asker(Protocol):
    """Asks the user at the terminal."""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        """Ask until there is a valid answer, and return it.

        Args:
            question: The question.
            default: The rendered default; None if there is none.
            choices: The rendered choices.
            check: Returns what is wrong with an answer; None if it is valid.
        """
        ...
