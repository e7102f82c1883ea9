"""`python -m docs.site`: brings the reference up to date, then makes the site in build/site.

`--pictures` draws those of docs/pictures again, from runs of the program.
"""

from __future__ import annotations

import argparse
import sys

from sphinx.cmd.build import build_main

from docs.site.build import ROOT, sphinx_arguments
from docs.site.pictures import draw_pictures
from docs.site.reference import write_pages

parser = argparse.ArgumentParser(prog="python -m docs.site", description="Make the documentation's site.")
parser.add_argument("--pictures", action="store_true", help="draw the pictures again")
if parser.parse_args().pictures:
    draw_pictures()
write_pages()
if code := build_main(sphinx_arguments(ROOT / "build" / "site")):
    sys.exit(code)
print("the site is in build/site; open build/site/index.html")
