"""Cookiecutter's user configuration, as Cookiecutter 2.7.1 reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mintage.errors import UsageError
from mintage.user.cookiecutterrc import BUILT_IN_ABBREVIATIONS, CookiecutterSettings, load_cookiecutter_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without configuration."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("COOKIECUTTER_CONFIG", raising=False)
    return tmp_path


class TestWhichFile:
    def test_none_gives_the_defaults(self, home: Path) -> None:
        settings = load_cookiecutter_settings()
        assert settings == CookiecutterSettings()
        assert settings.cookiecutters_dir == home / ".cookiecutters"
        assert settings.replay_dir == home / ".cookiecutter_replay"
        assert settings.abbreviations == BUILT_IN_ABBREVIATIONS

    def test_is_the_one_named_before_the_environments_before_the_usual(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in (".cookiecutterrc", "environment", "named"):
            (home / name).write_text(f"default_context: {{from: {name}}}")
        assert load_cookiecutter_settings().default_context["from"] == ".cookiecutterrc"
        monkeypatch.setenv("COOKIECUTTER_CONFIG", str(home / "environment"))
        assert load_cookiecutter_settings().default_context["from"] == "environment"
        assert load_cookiecutter_settings(config_file=home / "named").default_context["from"] == "named"

    def test_may_be_none_on_request(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (home / ".cookiecutterrc").write_text("default_context: {a: b}")
        monkeypatch.setenv("COOKIECUTTER_CONFIG", str(home / "missing"))
        settings = load_cookiecutter_settings(config_file=home / "missing", default_config=True)
        assert settings == CookiecutterSettings()

    def test_must_be_there_if_it_is_named(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UsageError, match="missing") as caught:
            load_cookiecutter_settings(config_file=home / "missing")
        assert "config_file" in caught.value.why
        monkeypatch.setenv("COOKIECUTTER_CONFIG", str(home / "missing"))
        with pytest.raises(UsageError, match="missing") as caught:
            load_cookiecutter_settings()
        assert "COOKIECUTTER_CONFIG" in caught.value.why


def loaded(home: Path, text: str | bytes) -> CookiecutterSettings:
    (home / ".cookiecutterrc").write_bytes(text.encode() if isinstance(text, str) else text)
    return load_cookiecutter_settings()


class TestContent:
    def test_is_merged_with_the_defaults(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLACE", "/srv")
        settings = loaded(
            home,
            "default_context:\n  full_name: Ada\n  list: [1, two]\n  nested: {a: true}\n"
            "cookiecutters_dir: $PLACE/clones\nreplay_dir: ~/replays/\n"
            "abbreviations:\n  acme: https://acme.example/{0}\n  gh: https://mirror.example/{0}\nunknown: 1\n",
        )
        assert settings.default_context == {"full_name": "Ada", "list": [1, "two"], "nested": {"a": True}}
        assert settings.cookiecutters_dir == Path("/srv/clones")
        assert settings.replay_dir == home / "replays"
        assert settings.abbreviations == {
            **BUILT_IN_ABBREVIATIONS,
            "acme": "https://acme.example/{0}",
            "gh": "https://mirror.example/{0}",
        }

    @pytest.mark.parametrize("text", ["", "# nothing\n", "default_context:\nabbreviations:\n", "false"])
    def test_may_be_missing(self, home: Path, text: str) -> None:
        assert loaded(home, text) == CookiecutterSettings()

    def test_that_is_no_yaml_is_an_error_with_its_line(self, home: Path) -> None:
        with pytest.raises(UsageError, match="not valid YAML") as caught:
            loaded(home, "default_context:\n  a: [1\n  b: 2\n")
        assert str(caught.value.where).startswith(f"{home}/.cookiecutterrc:3")

    def test_of_a_wrong_type_is_an_error_with_its_line(self, home: Path) -> None:
        with pytest.raises(UsageError, match="is invalid") as caught:
            loaded(home, "# c\ndefault_context: [1]\nreplay_dir: 5\nabbreviations: x\n")
        lines = [problem.where.line for problem in caught.value.problems if problem.where]
        assert sorted(line or 0 for line in lines) == [2, 3, 4]

    def test_of_a_wrong_type_that_is_merged_has_the_line_of_the_mapping(self, home: Path) -> None:
        with pytest.raises(UsageError, match="is invalid") as caught:
            loaded(home, "# c\nx: &x {default_context: 5}\n<<: *x\n")
        assert [problem.where and problem.where.line for problem in caught.value.problems] == [2]

    @pytest.mark.parametrize(
        "text",
        [
            "- a\n- b\n",
            "text",
            b"\xff\xfe\x00",
            "a: 2024-13-45",
            "!!python/object/apply:os.system [x]",
            "[" * 5000,
            "\x01",
        ],
    )
    def test_that_is_not_usable_is_a_clear_error(self, home: Path, text: str | bytes) -> None:
        with pytest.raises(UsageError):
            loaded(home, text)

    def test_in_a_folder_is_a_clear_error(self, home: Path) -> None:
        with pytest.raises(UsageError, match="can't read"):
            load_cookiecutter_settings(config_file=home)
