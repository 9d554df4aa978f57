"""No help line of a fresh site stands there unsourced: somebody may ring it in need."""

import re
import tomllib

from healthnews.fresh_site import CONTENT

TEXT = (CONTENT / "help_lines.toml").read_text(encoding="utf-8")


def test_above_each_line_stands_a_public_page_that_confirms_it_and_all_were_checked_on_a_day():
    head, *blocks = re.split(r"\n\n(?=# Confirmed by)", TEXT.strip())
    assert re.search(r"Each was checked on \d{1,2} \w+ 20\d\d", head)
    lines = tomllib.loads(TEXT)["line"]
    assert len(lines) == len(blocks) > 10
    for line, block in zip(lines, blocks, strict=True):
        sources, _, data = block.partition("[[line]]")
        assert re.search(r"# Confirmed by .+, https?://\S+\.\S+", sources), line
        assert tomllib.loads(f"[[line]]{data}")["line"] == [line], "one source for each, and not for two"
