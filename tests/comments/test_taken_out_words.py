"""Words that a moderator types to be taken out, wherever they stand."""

import pytest

from comments.decision_forms import DecisionForm
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


def test_a_line_that_is_typed_over_and_over_is_looked_for_once():
    comment = make_comment(body="a" * 1_000)
    sent = {"action": "publish_redacted", "version": "1", "take_out": "a\n" * 2_000}
    form = DecisionForm(sent, comment=comment)
    assert form.is_valid()
    assert len(form.cleaned_data["take_out"]) == 1_000
