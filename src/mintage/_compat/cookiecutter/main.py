"""`cookiecutter.main.cookiecutter`, for hooks that generate a project from another template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mintage.formats import CookiecutterOptions
from mintage.minting.generator import Generator, Options
from mintage.template.questions import GivenAnswers


def cookiecutter(  # noqa: PLR0917 - Cookiecutter's signature
    template: str,
    checkout: str | None = None,
    no_input: bool = False,
    extra_context: dict[str, Any] | None = None,
    replay: bool | str | None = None,
    overwrite_if_exists: bool = False,
    output_dir: str = ".",
    config_file: str | None = None,
    default_config: bool = False,
    password: str | None = None,  # ignored: COOKIECUTTER_REPO_PASSWORD is used instead
    directory: str | None = None,
    skip_if_file_exists: bool = False,
    accept_hooks: bool = True,
    keep_project_on_failure: bool = False,
) -> str:
    """Generate a project as Cookiecutter would, and return its absolute path.

    The user trusts the author of the hook that calls this, so the template that it names is trusted too.
    """
    options = Options(
        ref=checkout,
        use_defaults=no_input,
        overwrite=overwrite_if_exists,
        skip_existing=skip_if_file_exists,
        directory=directory,
        run_tasks=accept_hooks,
        keep_on_failure=keep_project_on_failure,
        trust=True,
        cookiecutter=CookiecutterOptions(
            replay=replay is True,
            replay_file=Path(replay) if isinstance(replay, str) else None,
            config_file=Path(config_file) if config_file else None,
            default_config=bool(default_config),
        ),
    )
    given = GivenAnswers(data=extra_context or {})
    return str(Generator(options).generate(template, Path(output_dir), given=given).destination)
