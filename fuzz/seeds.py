"""Inputs that atheris begins with, and words that it puts into them: small examples of what each part reads."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CUT = "\n=====\n"


def _cookiecutter() -> Sequence[bytes]:
    texts = [
        '{"a": "project", "b": "x"}' + CUT + "{{ cookiecutter.a|upper }}",
        '{"a": ["p", "q"], "b": {"c": 1}, "_copy_without_render": ["*.md"], "__prompts__": {"a": "A?"}}',
        '{"a": "p", "_extensions": ["jinja2.ext.do"], "_jinja2_env_vars": {"trim_blocks": true}, "_new_lines": ""}',
        '{"templates": {"one": {"path": "other", "title": "One"}}}' + CUT + "x" + CUT + '{"a": "p"}',
        '{"template": ["One (other)"]}' + CUT + "x" + CUT + '{"a": "p"}',
        '{"a": "p", "b": true, "__c": "{{ cookiecutter.a }}", "_d": [1, 2.5, null]}' + CUT + "{% now 'utc' %}",
    ]
    return [text.encode() for text in texts]


def _copier() -> Sequence[bytes]:
    texts = [
        "a: x\nb: {type: int, default: 1}\n" + CUT + "c: 1" + CUT + "{{ a }} {{ b }}",
        "_exclude: ['*.x']\n_subdirectory: ''\n_templates_suffix: .jinja\na: {type: str, choices: [x, y]}\n",
        "a: {type: yaml, default: '[1]', when: '{{ true }}', validator: '{% if not a %}no{% endif %}'}\n",
        "!include x.yml\n---\na: 1\n" + CUT + "b: {type: bool, default: no, help: h, secret: true}\n",
        "_envops: {block_start_string: '[%', undefined: jinja2.Undefined}\n_skip_if_exists: [a]\na: &x [1]\nb: *x\n",
        "_external_data: {e: e.yml}\n_secret_questions: [a]\na: {default: UNSET, multiselect: true, choices: {x: 1}}\n",
        "_answers_file: '{{ a }}.yml'\n_min_copier_version: '9'\n_message_after_copy: h\n_preserve_symlinks: 1\na: b\n",
    ]
    return [text.encode() for text in texts]


def _native() -> Sequence[bytes]:
    texts = [
        "[questions.a]\ndefault = 'x'\n" + CUT + "{{ a }}" + CUT + "{{ output('x') }}",
        "[template]\nname = 'n'\nroot = '.'\nrequires='>=0'\noutput='{{ a }}'\n[questions.a]\ntype='int'\ndefault=1\n",
        "[render]\nsuffix='.j'\nundefined='lenient'\ndelimiters={variable=['[[',']]']}\nnewlines='lf'\ntrim_blocks=true\n",
        "[files]\nexclude=['*.x', {match=['y'], when='a'}]\ncopy_only=['z']\n[questions.a]\ntype='bool'\ndefault=1\n",
        "[[each]]\nfile='x.txt'\nitems='range(3)'\nas='i'\npath='{{ i }}.txt'\n" + CUT + "a" + CUT + "{{ i }}",
        "[[order]]\nfiles=['*']\nafter=['x.txt']\n[questions.a]\ntype='choice'\nchoices=['x',{value=1,label='l'}]\n",
        "[questions.a]\ntype='list'\ndefault=['{{ b }}']\nwhen='b'\npattern='[a-z]+'\ncheck='a'\nmessage='m'\n",
    ]
    return [text.encode() for text in texts]


def _archives() -> Sequence[bytes]:
    import zipfile  # later than atheris, which instruments it

    found: list[bytes] = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as made:
            for name, content in (("t/", ""), ("t/a", "aaaaaaaa"), ("t/d/b", "b")):
                made.writestr(name, content)
        found.append(file.getvalue())
    return found


def _tags() -> Sequence[bytes]:
    texts = [
        "{{ a|upper }}{{ d.k }}{{ l[0] }}{{ d['n'] }}",
        "{% if n > 1 and not b %}x{% elif t %}y{% else %}z{% endif %}",
        "{% for i in l %}{{ i }}{% else %}none{% endfor %}{% for i, j in p %}{{ j }}{% endfor %}",
        "{#- c -#} {% raw %}{{ a }}{% endraw %}{% set x = a ~ 'q' %}{{ x }}",
        "{{ a.split('o')[1:] | join('-') }}{{ 'x' if t else 'y' }}{{ l | map('upper') | join }}",
        "{{ a | replace('b', \"c\") | title | trim }}{{ s.strip() }}{{ f }}{{ '1' | int + 1 }}",
        "{{ d | tojson }}{{ l | first }}{{ a[:2] }}{{ 'x' in l }}{{ (a, b) | length }}{{ o == none }}",
        "a\r\n  {%- if t -%}  b\n{%+ endif +%}\n",
    ]
    return [bytes([number * 37 % 64]) + text.encode() for number, text in enumerate(texts)]


def _paths() -> Sequence[bytes]:
    texts = ["a/b", "../a", "/a", "C:/a", ".git/x", "a/./b//c", "a/../../b", "\\\\a", "é", "./", "a\0"]
    return [text.encode() for text in texts]


def _trusted() -> Sequence[bytes]:
    entry = "https://github.com/acme/"
    after = ["web", "../x", "%2e%2e/x", "web.git", "#x", "?x", "web/"]
    others = ["https://github.com@evil.example/acme/x", "https://github.com:1/acme/x"]
    return [f"{entry} {each}".encode() for each in (*(entry + rest for rest in after), *others)]


SEEDS: Mapping[str, Callable[[], Sequence[bytes]]] = {
    "cookiecutter_json": _cookiecutter,
    "copier_yml": _copier,
    "mintage_toml": _native,
    "archive": _archives,
    "tags": _tags,
    "path": _paths,
    "trusted": _trusted,
}
WORDS: Mapping[str, str] = {
    "cookiecutter_json": """
        _extensions _copy_without_render _jinja2_env_vars _new_lines __prompts__ __prompt__ templates template path
        title cookiecutter {{ }} {% %} trim_blocks variable_start_string " \\u0000 \\ud800 null true 1e999""",
    "copier_yml": """
        _exclude _subdirectory _envops _tasks _answers_file _external_data _secret_questions _skip_if_exists << & *
        _jinja_extensions _templates_suffix _preserve_symlinks !include --- !!int !!bool !!timestamp !!binary !!set
        UNSET type: default: choices: when: validator: multiselect: secret: {{ }} {% yield %}""",
    "mintage_toml": """
        [template] [render] [files] [questions.a] [[each]] [[order]] [[tasks]] type default choices when pattern check
        suffix delimiters extensions exclude copy_only skip_if_exists requires root output file items path as""",
    "archive": "PK\x01\x02 PK\x03\x04 PK\x05\x06 PK\x06\x06 PK\x06\x07 PK\x07\x08 ../ t/",
    "tags": """
        {{ }} {% %} {# #} {%- -%} {{- -}} {%+ +%} [[ ]] <% %> /* */ if elif else endif for in endfor set raw endraw and
        or not | ~ == != <= >= [ ] ( ) upper lower replace trim title capitalize join map int list first last tojson
        length default split rsplit strip count splitlines startswith 'a' "b" cookiecutter.name d.k l[0] [1:] none""",
    "path": "../ .git / \\ C: \xed\xa0\x80 ./",
    "trusted": "https:// github.com /acme/ .. %2e %2f @ : # ? \\ .git",
}
