"""Questions and answers, as every format has them. Plain, frozen values. A leaf: asks nobody."""

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
    """Return a word for yes or no, the same words that Cookiecutter takes.

    Raises:
        ValueError: Anything else.
    """
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


def parse_yaml_answer(text: str) -> Any:
    """Return the value of a YAML text. Raises ValueError."""
    try:
        return parse_yaml(text)
    except DataError as error:
        raise ValueError(f"YAML is expected: {error}") from None


def parse_loose_yes_no(value: Any) -> bool:
    """Return whether Copier takes a value for a yes: a number that is not 0, or a word that YAML does not take for a
    no.

    Text that is neither is a yes, unless it is blank.
    """
    with suppress(TypeError, ValueError, OverflowError):
        return bool(float(value))
    if isinstance(value, str):
        return value.strip().lower() not in _LOOSE_NO
    return bool(value)


def how_to_answer(examples: Mapping[str, str]) -> str:
    """Return the hint for questions that were not answered, with an example of an answer to each."""
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
    """The one value that stands for 'there is no default: somebody has to answer'."""

    REQUIRED = "required"


REQUIRED = Missing.REQUIRED


class Choice(Struct, frozen=True):
    """One of the values that a choice question offers. `value` and `label` may be template text."""

    value: Any
    label: str = ""
    disabled: str = ""
    """Why it cannot be chosen now; "" when it can."""


class YesNoText(Struct, frozen=True):
    """Template text that renders to a yes or a no, as YAML and Copier spell them (`yes`, `off`, `1`, ``, ...)."""

    text: str


class Question(Struct, frozen=True):
    """Something the template wants to know.

    Attributes:
        secret: Never shown nor saved.
    """

    name: str
    """What templates call it."""
    type: QuestionType = QuestionType.STR
    """What kind of value answers it."""
    default: Any = REQUIRED
    """A plain value, or template text when `default_is_template` (strings inside lists and dicts included); REQUIRED
    when there is none."""
    default_is_template: bool = True
    prompt: str = ""
    """The text shown; the name when empty."""
    help: str = ""
    """A longer explanation."""
    group: str = ""
    """The heading it comes under."""
    choices: tuple[Choice, ...] = ()
    """For CHOICE and MULTI_CHOICE; with `default_is_template` their values are rendered as well."""
    when: str | YesNoText | None = None
    """An expression, or a text that says yes or no; when it is false the question is not asked and takes its default
    (None without one)."""
    pattern: str | None = None
    """A regular expression that the whole text must match."""
    check: str | None = None
    """An expression over the answers and the name itself that must be true."""
    message: str = ""
    """What to say when pattern or check refuse the answer."""
    validator: str = ""
    """Template text that renders to what is wrong with an answer, for formats that ask in their own way."""
    asked: bool = True
    """False for variables that no questions are asked for (private ones)."""
    multiline: bool = False
    """The text may have several lines."""
    placeholder: str = ""
    """Shown while nothing is typed."""
    where: Location | None = None
    """The line of the template's configuration that asks."""

    @property
    def has_default(self) -> bool:
        """Whether nobody has to answer."""
        return self.default is not REQUIRED

    @property
    def secret(self) -> bool:
        """Whether the answer must never be shown nor saved."""
        return self.type is QuestionType.SECRET


class GivenAnswers(Struct, frozen=True):
    """Answers that the user gave without being asked."""

    flags: Mapping[str, str] = field(default_factory=dict)
    """Text from the command line (`-d KEY=VALUE`); wins."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Typed values from data files or a library call."""
    user_defaults: Mapping[str, Any] = field(default_factory=dict)
    """The user's own defaults for questions of any template; they come after saved answers."""


class Asker(Protocol):
    """Asks the person at the terminal. Formats and `answers` use it; tests give a scripted one."""

    def ask(
        self, question: Question, default: Any, choices: Sequence[Choice], check: Callable[[Any], str | None]
    ) -> Any:
        """Ask until there is a valid answer. `default` and `choices` are rendered; `check` gives the objection."""
        ...
