"""What `test_ten_thousand_acts.py` is made of: a site and what is known of it, what its people do, and what must hold."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in ("checks", "desk", "house", "readers")))
