"""Secret answers and the credentials of addresses appear nowhere: in no message, document, trace or saved file."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from mintage.addresses import public_form
from mintage.user.folders import settings_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import CompletedProcess

    Hostile = Callable[..., Path]
    Fill = Callable[..., Path]
    Run = Callable[..., CompletedProcess[str]]

SECRET = "hunter2"
WAYS = ((), ("--json",), ("-v",), ("--trace", "run.json"))


def holders(*folders: Path) -> list[str]:
    """The files that hold the secret, in themselves or in their names."""
    paths = [path for folder in folders for path in folder.rglob("*")]
    return [
        str(path) for path in paths if SECRET in path.name or (path.is_file() and SECRET.encode() in path.read_bytes())
    ]


class TestASecretAnswer:
    """Of a question that says so; what the template does with it is another matter."""

    @pytest.mark.parametrize("arguments", WAYS)
    @pytest.mark.parametrize(
        ("kind", "question"),
        [
            ("native", "[questions.key]\ntype = 'secret'\n"),
            ("native", "[questions.key]\ntype = 'secret'\npattern = '[0-9]+'\n"),
            ("native", "[questions.key]\ntype = 'secret'\ncheck = 'key == 1'\n"),
            ("native", "[questions.key]\ntype = 'secret'\ncheck = 'key.a.b'\n"),
            ("native", "[questions.key]\ntype = 'secret'\n[questions.n]\ntype = 'int'\ndefault = 'no'\n"),
            ("copier", "key: {type: str, secret: true, default: ''}\n"),
            ("copier", "_secret_questions: [key]\nkey: {type: str, default: ''}\n"),
            ("copier", "key: {type: str, secret: true, default: '', validator: wrong}\n"),
            ("copier", "key: {type: int, secret: true, default: 1}\n"),
            ("copier", "key: {type: json, secret: true, default: '1'}\n"),
            ("copier", "key: {type: str, secret: true, default: a, choices: [a]}\n"),
            ("copier", "key: {type: str, secret: true, default: [a], multiselect: true, choices: [a]}\n"),
        ],
    )
    def test_is_neither_shown_nor_kept(
        self, hostile: Hostile, mint: Run, tmp_path: Path, kind: str, question: str, arguments: tuple[str, ...]
    ) -> None:
        files = {"f": "", "{{ _copier_conf.answers_file }}": "{{ _copier_answers | to_nice_yaml }}"}
        template = hostile(kind, files if kind == "copier" else {"f": ""}, config=question)
        done = mint(template, "-d", f"key={SECRET}", *arguments, may_change=("run.json", "run.html"))
        assert SECRET not in done.stdout + done.stderr
        assert holders(tmp_path, Path.home()) == []

    def test_of_the_wrong_kind_in_a_data_file_is_not_shown(
        self, hostile: Hostile, mint: Run, tmp_path: Path, fill: Fill
    ) -> None:
        fill(tmp_path, {"data.json": f'{{"key": ["{SECRET}"]}}'})
        template = hostile("native", {"f": ""}, config="[questions.key]\ntype = 'secret'\n")
        done = mint(template, "--data-file", "data.json")
        assert done.returncode == 2
        assert SECRET not in done.stdout + done.stderr

    @pytest.mark.parametrize("view", ["tree", "table", "json", "svg", "dot", "mermaid"])
    def test_is_not_in_a_plan(self, hostile: Hostile, mint: Run, view: str) -> None:
        template = hostile("native", {"f": "{{ key }}"}, config="[questions.key]\ntype = 'secret'\n")
        done = mint(template, "-d", f"key={SECRET}", "--as", view, command="plan")
        assert done.returncode == 0
        assert SECRET not in done.stdout + done.stderr

    @pytest.mark.parametrize(
        "text", ["{{ key.a }}", "{{ '%d' | format(key) }}", "{{ key + 1 }}", "{{ key }}{{ nobody }}"]
    )
    def test_is_not_in_the_failure_of_a_file(self, hostile: Hostile, mint: Run, text: str) -> None:
        template = hostile("native", {"f": text, "g": ""}, config="[questions.key]\ntype = 'secret'\n")
        for arguments in ((), ("--json",), ("-v",)):
            done = mint(template, "-d", f"key={SECRET}", "--overwrite", *arguments)
            assert done.returncode == 1
            assert SECRET not in done.stdout + done.stderr

    def test_is_not_shown_by_a_task_that_fails(self, hostile: Hostile, mint: Run) -> None:
        config = "[questions.key]\ntype = 'secret'\n[[tasks]]\nname = 't'\nrun = 'test {{ key }} = a'\n"
        done = mint(hostile("native", {"f": ""}, config=config), "-d", f"key={SECRET}", "--trust", "--json")
        assert done.returncode == 1
        assert SECRET not in done.stdout + done.stderr


def packed(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"top/{name}", text)
    return data.getvalue()


TEMPLATES = {
    "native": packed({"mintage.toml": "", "f": ""}),
    "cookiecutter": packed({"cookiecutter.json": '{"name": "out"}', "{{cookiecutter.name}}/f": "{{ cookiecutter }}"}),
    "copier": packed({"copier.yml": "", "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers | to_yaml }}"}),
    "bare": packed({"f": ""}),
    "tasks": packed({"mintage.toml": "[[tasks]]\nname = 't'\nrun = 'true'\n"}),
    "failing": packed({"mintage.toml": "", "f": "{{ nobody }}", "g": ""}),
}


@pytest.fixture
def server() -> Iterator[str]:
    """The host of a server with a zip file for each of TEMPLATES."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = TEMPLATES.get(self.path.partition("?")[0].strip("/").removesuffix(".zip"))
            self.send_response(200 if data else 404)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


PASSWORD = "http://user:{}@{}/{}.zip"
TOKEN = "http://{1}/{2}.zip?private_token={0}"


class TestTheCredentialsOfAnAddress:
    """Are for its server alone."""

    @pytest.mark.parametrize("address", [PASSWORD, TOKEN], ids=["password", "token"])
    @pytest.mark.parametrize("command", ["new", "plan"])
    @pytest.mark.parametrize("kind", ["native", "cookiecutter", "copier", "bare", "failing", "tasks", "missing"])
    def test_are_not_shown(self, mint: Run, server: str, kind: str, command: str, address: str) -> None:
        done = mint(address.format(SECRET, server, kind), command=command)
        assert SECRET not in done.stdout + done.stderr

    @pytest.mark.parametrize("address", [PASSWORD, TOKEN], ids=["password", "token"])
    @pytest.mark.parametrize("command", ["new", "plan"])
    @pytest.mark.parametrize("kind", ["native", "cookiecutter", "copier", "bare", "failing"])
    def test_are_in_no_document(self, mint: Run, server: str, kind: str, command: str, address: str) -> None:
        more = ("--as", "json") if command == "plan" else ("--json",)
        done = mint(address.format(SECRET, server, kind), *more, command=command)
        assert SECRET not in done.stdout + done.stderr

    @pytest.mark.parametrize("address", [PASSWORD, TOKEN], ids=["password", "token"])
    @pytest.mark.parametrize("kind", ["native", "cookiecutter", "copier", "bare"])
    def test_are_neither_in_the_project_nor_in_saved_answers(
        self, mint: Run, server: str, tmp_path: Path, kind: str, address: str
    ) -> None:
        done = mint(address.format(SECRET, server, kind))
        assert done.returncode == 0, done.stderr
        assert holders(tmp_path, Path.home()) == []

    @pytest.mark.parametrize("words", [("--format", "cookiecutter"), ("--ref", "v1"), ("--directory", "nothing")])
    def test_are_not_shown_when_the_request_makes_no_sense(
        self, mint: Run, server: str, words: tuple[str, ...]
    ) -> None:
        done = mint(PASSWORD.format(SECRET, server, "bare"), *words)
        assert done.returncode == 2
        assert SECRET not in done.stdout + done.stderr

    @pytest.mark.parametrize(
        "address",
        [
            "http://user:hunter2@host/a b",
            "http://user:hunter2@one@two/x",
            "ftp://user:hunter2@host/x",
            "https://user:hunter2@127.0.0.1:9/x.git",
            "ssh://user:hunter2@-host/x",
            "git+https://user:hunter2@127.0.0.1:9/x",
            "git+https://hunter2@127.0.0.1:9/x",
            "https://127.0.0.1:9/x.git?private_token=hunter2",
            "https://127.0.0.1:9/x.git?hunter2",
            "https://127.0.0.1:9/x.git#access_token=hunter2",
            "http:///x?token=hunter2",
            "http:///x?token=hunter2\n",
            "http://user:hunter2/1@127.0.0.1:9/x.zip",
            "http://user:a?hunter2@127.0.0.1:9/x",
            "https:/user:hunter2@host/x",
            "user:hunter2@host:x",
        ],
    )
    def test_of_an_address_that_leads_nowhere_are_not_shown(self, mint: Run, address: str) -> None:
        done = mint(address)
        assert done.returncode == 2
        assert SECRET not in done.stdout + done.stderr

    def test_behind_a_short_form_are_not_shown(self, mint: Run, server: str, settings: Callable[[str], None]) -> None:
        settings(f'[abbreviations]\nmy = "http://user:{SECRET}@{server}/{{0}}"\nbad = "http://a:{SECRET}@b/{{1}}"\n')
        assert mint("my:bare.zip").returncode == 0
        for reference in ("my:missing.zip", "bad:x"):
            done = mint(reference, "--overwrite")
            assert done.returncode == 2
            assert SECRET not in done.stdout + done.stderr
        done = mint(f"my:native.zip?key={SECRET}", "--json", "--overwrite")
        assert done.returncode == 0
        assert SECRET not in done.stdout + done.stderr

    def test_do_not_make_another_address_a_trusted_one(
        self, mint: Run, server: str, settings: Callable[[str], None]
    ) -> None:
        address = f"http://{server}/tasks.zip"
        settings(f'trust = ["{address}?id=1"]\n')
        assert mint(address).returncode == 3
        assert mint(f"{address}?id=2").returncode == 3
        assert mint(f"{address}?id=1").returncode == 0

    def test_in_the_query_tell_cached_files_apart(self, mint: Run, server: str) -> None:
        assert mint(f"http://{server}/bare.zip?id=1").returncode == 0
        assert mint(f"http://{server}/bare.zip?id=2", "--offline", "--overwrite").returncode == 2
        assert mint(f"http://{server}/bare.zip?id=1", "--offline", "--overwrite").returncode == 0

    def test_cannot_be_read_by_others_in_the_answers_that_cookiecutter_keeps(self, mint: Run, server: str) -> None:
        replays = Path.home() / ".cookiecutter_replay"
        replays.mkdir()
        (replays / "top.json").write_text("{}")
        assert mint(PASSWORD.format(SECRET, server, "cookiecutter")).returncode == 0
        assert (replays / "top.json").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def settings() -> Callable[[str], None]:
    """Write the user's settings."""

    def write(text: str) -> None:
        file = settings_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/x.git", "https://example.org/x.git"),
        ("https://example.org:8080/@scope/x.git", "https://example.org:8080/@scope/x.git"),
        ("https://[::1]:80/@scope/x", "https://[::1]:80/@scope/x"),
        ("https://token@example.org/x", "https://example.org/x"),
        ("git+https://token@example.org/x", "git+https://example.org/x"),
        ("https://ada:p/w@example.org/x", "https://example.org/x"),
        ("ssh://git:pw@example.org/x", "ssh://git@example.org/x"),
        ("git@example.org:ada/x.git", "git@example.org:ada/x.git"),
        ("https://example.org/x.zip?raw=1&private_token=x&ref=v1", "https://example.org/x.zip?raw=1&ref=v1"),
        ("https://example.org/x.zip?X-Amz-Signature=x", "https://example.org/x.zip"),
        ("https://example.org/x#v1", "https://example.org/x#v1"),
        ("https://example.org/x?raw=1#token=x", "https://example.org/x?raw=1"),
        ("gh:ada/x", "gh:ada/x"),
        ("what? a folder", "what? a folder"),
        ("ada:pw@example.org:x", "example.org:x"),
    ],
)
def test_what_of_an_address_may_be_seen(address: str, shown: str) -> None:
    assert public_form(address) == shown


@pytest.mark.parametrize("view", ["tree", "table", "json", "dot", "mermaid", "svg"])
def test_no_view_of_a_plan_shows_what_a_task_does_with_a_secret(
    hostile: Hostile, capsys: pytest.CaptureFixture[str], view: str
) -> None:
    from mintage.cli import run

    config = (
        "[questions.key]\ntype = 'secret'\n"
        "[[tasks]]\nname = 'log in'\nrun = 'login {{ key }}'\ndirectory = '{{ key }}'\n"
    )
    template = hostile("native", {"f": ""}, config=config)
    assert run(["plan", str(template), "out", "-d", "key=hunter22", "--as", view]) == 0
    shown = capsys.readouterr().out
    assert "log in" in shown
    assert "hunter22" not in shown
