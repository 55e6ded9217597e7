"""The check of pages finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.pages import page_faults

POLICY = "default-src 'self'"
GOOD = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Trang</title></head><body>'
    '<label for="a">Tên</label><input id="a" name="a"><svg><title>Hình</title></svg></body></html>'
)


def test_a_good_page_has_no_faults() -> None:
    assert page_faults(GOOD, POLICY) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("</body>", "<p></div></body>"), "invalid HTML"),
        (GOOD.replace("<title>Trang</title>", ""), "0 titles"),
        (GOOD.replace(' lang="vi"', ""), "no language"),
        (GOOD.replace("</body>", '<p id="a"></p></body>'), "stands 2 times"),
        (GOOD.replace('for="a"', 'for="b"'), "has no label"),
        (GOOD.replace("</body>", '<p style="color:red"></p></body>'), "inline style"),
        (GOOD.replace("</body>", "<script>1</script></body>"), "inline script"),
        (GOOD.replace("</body>", '<p onclick="x()"></p></body>'), "onclick"),
        (GOOD.replace("</body>", '<img alt="" src="//example.com/x.png"></body>'), "from outside"),
    ],
)
def test_a_bad_page_is_told_why(wrong: str, said: str) -> None:
    faults = page_faults(wrong, POLICY)
    assert len(faults) == 1
    assert said in faults[0]


def test_a_policy_that_allows_inline_scripts_is_a_fault() -> None:
    assert page_faults(GOOD, POLICY + "; script-src 'unsafe-inline'")
    assert page_faults(GOOD, "")
