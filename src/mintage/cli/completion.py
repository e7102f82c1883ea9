"""`mintage completion`: print a script for shell completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mintage.cli import output
from mintage.cli.arguments import add_debug

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

USAGE = "SHELL"
EXAMPLES = """\
to enable it in every new shell:
  bash   echo 'eval "$(mintage completion bash)"' >> ~/.bashrc
  zsh    mkdir -p ~/.zfunc && mintage completion zsh > ~/.zfunc/_mintage
         and in ~/.zshrc, before `compinit`: fpath+=~/.zfunc
  fish   mkdir -p ~/.config/fish/completions && mintage completion fish > ~/.config/fish/completions/mintage.fish

to try it in the current shell:
  bash, zsh   eval "$(mintage completion bash)"
  fish        mintage completion fish | source
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `mintage completion`."""
    parser.add_argument("shell", metavar="SHELL", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")
    add_debug(parser)


def run(arguments: Namespace) -> int:
    """Print the script. It asks this program for every completion, so it stays valid for new versions."""
    from argcomplete.shell_integration import shellcode

    output.put(shellcode(["mintage"], shell=arguments.shell))
    return 0
