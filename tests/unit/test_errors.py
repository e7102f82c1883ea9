"""What an error says where nobody formats it: in a traceback, a log, a test's report."""

from __future__ import annotations

import pickle

from mintage.errors import AnswerError, Location, Problem


def test_an_error_of_several_problems_tells_all_of_them() -> None:
    problems = [Problem("port: a port below 65536", Location("mintage.toml", 3)), Problem("dockr: not asked for")]
    error = AnswerError("some answers are not valid", problems=problems)
    told = "some answers are not valid\n  - mintage.toml:3: port: a port below 65536\n  - dockr: not asked for"
    assert str(error) == told
    assert str(pickle.loads(pickle.dumps(error))) == told


def test_an_error_of_one_sentence_is_that_sentence() -> None:
    assert str(AnswerError("no answer", hint="give one")) == "no answer"
