"""Hooks that only refuse answers become patterns and checks of the questions; all others stay code."""

from __future__ import annotations

import pytest

from mintage.conversion.hooks import Demand, demands_of

REFUSES = "\n    print('not like this')\n    sys.exit(1)\n"


@pytest.mark.parametrize(
    ("source", "demand"),
    [
        (
            'import re, sys\nP = r"^[a-z]+$"\nname = "{{ cookiecutter.name }}"\nif not re.match(P, name):' + REFUSES,
            Demand("name", "^[a-z]+$", "not like this"),
        ),
        (
            'if re.match("[a-z]", "{{cookiecutter.name}}") is None:' + REFUSES,
            Demand("name", "(?:[a-z])(?s:.*)", "not like this"),
        ),
        ('if not re.fullmatch("a|b", "{{ cookiecutter.name }}"):' + REFUSES, Demand("name", "a|b", "not like this")),
        (
            'if not re.match("^a$|^b", "{{ cookiecutter.name }}"):' + REFUSES,
            Demand("name", "(?:^a$|^b)(?s:.*)", "not like this"),
        ),
        ('"""Why."""\nif not "{{ cookiecutter.name }}".isidentifier():\n    exit(2)', Demand("name")),
        (
            'x = "{{ cookiecutter.name }}"\nif not x.isidentifier():\n    print("%s is bad" % x)\n    sys.exit("no")',
            Demand("name", message="no"),
        ),
    ],
)
def test_the_common_shapes_are_understood(source: str, demand: Demand) -> None:
    assert demands_of(source) == [demand]


@pytest.mark.parametrize(
    "source",
    [
        'if not re.match("a", "{{ cookiecutter.name }}-x"):' + REFUSES,
        'if not re.match("a", "{{ cookiecutter.name }}", re.I):' + REFUSES,
        'if not re.match("(?i)a", "{{ cookiecutter.name }}"):' + REFUSES,
        'if re.match("a", "{{ cookiecutter.name }}"):' + REFUSES,
        'if not re.match("a", "{{ cookiecutter.name }}"):' + REFUSES + "else:\n    print('fine')",
        'if not re.match("a", "{{ cookiecutter.name }}"):\n    print("a warning only")',
        'if not re.match("a", "{{ cookiecutter.name }}"):\n    sys.exit(0)',
        'if not re.match("a", "{{ cookiecutter.name }}"):\n    open("x", "w")\n    sys.exit(1)',
        'import os\nos.mkdir("x")',
        "{% if cookiecutter.name %}x{% endif %}",
        'name = "{{ cookiecutter.name }}".lower()\nif not re.match("a", name):' + REFUSES,
    ],
)
def test_whatever_is_not_sure_stays_code(source: str) -> None:
    assert demands_of(source) is None
