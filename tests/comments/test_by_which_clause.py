"""The clause that a decision names: the one that was meant, whatever becomes of the policy; and what it brings with it."""

import re

import pytest
from django.db import connection

from comments.models import CannedReply, Clause, Comment, Decision, PolicyVersion, Sanction, SecondReading
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def swapped(first: int, second: int, **changes) -> PolicyVersion:
    """A new policy in which two clauses have changed their numbers."""
    current = PolicyVersion.current()
    content = current.content()
    other = {first: second, second: first}
    for each in content["clauses"]:
        each["number"] = other.get(each["number"], each["number"])
    return PolicyVersion.publish(
        content, note="Order.", by=make_user("administrator"), based_on=current.number
    )


def sent(client, comment, **data):
    data.setdefault("version", comment.version)
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", data)


def chosen(html: str, name: str = "clause") -> str:
    """What is selected in the (first) list of that name."""
    options = html.partition(f'name="{name}"')[2].partition("</select>")[0]
    return "".join(re.findall(r'<option value="([^"]*)"[^>]* selected', options))


def policy_of(html: str) -> set[str]:
    return set(re.findall(r'name="policy" value="(\d*)"', html))


# The policy changes while a card is open


def test_a_clause_that_was_chosen_from_an_earlier_policy_decides_nothing(client, moderator):
    comment = make_comment(status="pending")
    url = f"/moderation/comments/{comment.pk}/"
    assert policy_of(client.get(url).content.decode()) == {"1"}
    meant = Clause.objects.get(number=3)
    swapped(3, 4)
    answer = sent(client, comment, action="reject", clause=3, policy=1, message="Leave the name out.")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The policy has changed" in html
    assert "Leave the name out." in html
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    # What was meant is chosen, under its new number; sent again it is what decides.
    assert (chosen(html), policy_of(html)) == ("4", {"2"})
    assert sent(client, comment, action="reject", clause=4, policy=2).status_code == 303
    decided = Decision.objects.get(action="reject").clause
    assert (decided.line, decided.title) == (meant.pk, meant.title)


def test_a_clause_that_is_gone_is_not_chosen(client, moderator):
    comment = make_comment(status="pending")
    content = PolicyVersion.current().content()
    content["clauses"] = [each for each in content["clauses"] if each["number"] != 3]
    PolicyVersion.publish(content, note="Less.", by=make_user("administrator"), based_on=1)
    answer = sent(client, comment, action="reject", clause=3, policy=1)
    assert (answer.status_code, chosen(answer.content.decode())) == (409, "")


def test_without_the_hidden_field_and_without_a_clause_nothing_is_asked(client, moderator):
    swapped(3, 4)
    first, second = make_comment(status="pending"), make_comment(status="pending")
    assert sent(client, first, action="reject", clause=3).status_code == 303
    assert sent(client, second, action="publish", clause="", policy=1).status_code == 303
    assert Decision.objects.get(action="reject").clause.policy.number == 2


@pytest.mark.parametrize("policy", ["x", "0", "9" * 30, "77"])
def test_a_policy_that_cannot_be_is_no_500(client, moderator, policy):
    comment = make_comment(status="pending")
    assert sent(client, comment, action="reject", clause=3, policy=policy).status_code in {409, 422}
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_in_bulk_too(client, moderator):
    comments = [make_comment(status="pending") for _ in range(2)]
    assert policy_of(client.get("/moderation/").content.decode()) == {"1"}
    swapped(3, 4)
    data = {"comments": [f"{each.pk}:1" for each in comments], "action": "reject", "clause": 3, "policy": 1}
    answer = client.post("/moderation/decisions/", data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The policy has changed" in html
    assert (chosen(html), policy_of(html)) == ("4", {"2"})
    assert html.count(" checked") >= 2
    assert not Comment.objects.filter(status="rejected").exists()


def test_a_sanction_is_not_imposed_by_another_clause_than_the_one_that_was_read(client, moderator):
    reader, meant = make_user(), Clause.objects.get(number=3)
    url = f"/moderation/people/{reader.pk}/"
    assert policy_of(client.get(url).content.decode()) == {"1"}
    swapped(3, 4)
    data = {"kind": "warn", "reason": "Leave names out.", "clause": 3, "policy": 1}
    answer = client.post(f"{url}sanctions/", data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The policy has changed" in html
    assert "Leave names out." in html
    assert (chosen(html), policy_of(html)) == ("4", {"2"})
    assert not Sanction.objects.exists()
    assert client.post(f"{url}sanctions/", data | {"clause": 4, "policy": 2}).status_code == 303
    assert Sanction.objects.get().clause.line == meant.pk


def test_a_second_reader_is_not_taken_at_another_clause(client, moderator):
    comment = make_comment(status="pending")
    # The first id that is drawn for a second reading from here on.
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('comments_decision', 'id'))")
        drawn = next(pk for pk in range(cursor.fetchone()[0] + 1, 10**9) if pk * 919 % 1000 < 50)
        cursor.execute("SELECT setval(pg_get_serial_sequence('comments_decision', 'id'), %s, false)", [drawn])
    meant = Clause.objects.get(number=3)
    other = make_user("moderator")
    decision = comment.decide("reject", by=other, version=1, clause=meant)
    url = "/moderation/second-reading/"
    assert policy_of(client.get(url).content.decode()) == {"1"}
    swapped(3, 4)
    data = {"decision": decision.pk, "action": "remove", "clause": 3, "policy": 1}
    answer = client.post(url, data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The policy has changed" in html
    assert (chosen(html), policy_of(html)) == ("4", {"2"})
    assert 'value="remove" checked' in html
    assert not SecondReading.objects.exists()
    assert client.post(url, data | {"clause": 4, "policy": 2}).status_code == 303
    assert SecondReading.objects.get().clause.line == meant.pk


# What is taken out is taken out by a rule


def test_what_is_redacted_names_the_clause_about_personal_data(client, moderator):
    author = make_user()
    comment = make_comment(status="pending", author=author, body="Call 020 7946 0018 now.")
    html = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    form = html.partition('value="publish_redacted"')[2].partition("</form>")[0]
    assert chosen(form) == "3"
    assert sent(client, comment, action="publish_redacted", redactions="[[5, 18]]").status_code == 303
    decision = Decision.objects.get(action="publish_redacted")
    assert decision.clause.number == 3
    client.force_login(author)
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert str(decision.clause) in page
    data = client.get(f"/comments/{comment.pk}/decision/", {"format": "json"})
    assert (data.json()["ground"]["clause"], data.json()["ground"]["policy_version"]) == (3, 1)


def test_another_clause_can_be_chosen_and_the_preset_follows_its_number(client, moderator):
    first, second = (make_comment(status="pending", body="Call 020 7946 0018 now.") for _ in range(2))
    sent(client, first, action="publish_redacted", redactions="[[5, 18]]", clause=1)
    swapped(3, 4)
    sent(client, second, action="publish_redacted", redactions="[[5, 18]]")
    decided = Decision.objects.filter(action="publish_redacted").order_by("pk")
    assert [each.clause.number for each in decided] == [1, 4]


def test_where_no_reply_is_about_personal_data_there_is_no_clause_to_presume(client, moderator):
    CannedReply.objects.update(suggests_for=[])
    comment = make_comment(status="pending", body="Call 020 7946 0018 now.")
    assert client.get(f"/moderation/comments/{comment.pk}/").status_code == 200
    assert sent(client, comment, action="publish_redacted", redactions="[[5, 18]]").status_code == 303
    assert Decision.objects.get(action="publish_redacted").clause is None


# What usually goes with a clause


@pytest.mark.parametrize("action", ["reject", "return"])
def test_where_nothing_is_said_the_usual_reply_of_the_clause_is(client, moderator, action):
    comment = make_comment(status="pending")
    assert sent(client, comment, action=action, clause=1).status_code == 303
    decision = Decision.objects.get(action=action)
    assert decision.canned_reply.key == "please-civil"
    assert decision.message.text.startswith(f"Dear {comment.name}, part of your comment on")
    assert "The rule is 1. Be civil:" in decision.message.text


@pytest.mark.parametrize(
    ("given", "key", "words"),
    [
        ({"clause": 1, "message": "In my words."}, None, "In my words."),
        ({"clause": 1, "canned_reply": "no-links-promotion"}, "no-links-promotion", "reads as promotion"),
        ({"clause": 1, "canned_reply": "-"}, None, None),
        ({"clause": 5}, None, None),  # has none
        # Its usual reply is a public answer: who is refused gets the message that belongs to it.
        ({"clause": 2}, "advice-elsewhere", "Please take the question to a doctor"),
    ],
)
def test_it_is_said_only_where_nothing_else_is(client, moderator, given, key, words):
    assert sent(client, make_comment(status="pending"), action="reject", **given).status_code == 303
    decision = Decision.objects.get(action="reject")
    assert getattr(decision.canned_reply, "key", None) == key
    assert (decision.message is None) == (words is None)
    assert words is None or words in decision.message.text


def test_one_that_is_no_longer_in_use_is_not_sent(client, moderator):
    CannedReply.objects.filter(key="please-civil").update(is_active=False)
    assert sent(client, make_comment(status="pending"), action="reject", clause=1).status_code == 303
    assert Decision.objects.get(action="reject").message is None


@pytest.mark.parametrize(("canned", "sends"), [("", True), ("-", False)])
def test_in_bulk_each_author_gets_the_usual_reply(client, moderator, canned, sends):
    comments = [make_comment(status="pending") for _ in range(2)]
    data = {"comments": [f"{each.pk}:1" for each in comments], "action": "reject", "clause": 1}
    assert client.post("/moderation/decisions/", data | {"canned_reply": canned}).status_code == 200
    told = {each.comment_id: each.message for each in Decision.objects.filter(action="reject")}
    assert all((each is not None) == sends for each in told.values()) and len(told) == 2
    assert not sends or all(each.name in told[each.pk].text for each in comments)


def test_the_card_says_what_usually_becomes_of_it(client, moderator):
    html = client.get(f"/moderation/comments/{make_comment(status='pending').pk}/").content.decode()
    assert "1. Be civil (usually: return to its author)" in html
    assert 'data-outcome="return" data-reply="please-civil"' in html


# Counted by the clause, whatever its number


def test_a_clause_that_has_moved_is_one_line_of_the_numbers(client, moderator):
    for number in (3, 4):
        clause = Clause.in_force().get(number=number)
        make_comment(status="pending").decide("reject", by=moderator, version=1, clause=clause)
        if number == 3:
            swapped(3, 4)
    html = client.get("/moderation/numbers/").content.decode()
    table = html.partition("Outcomes by clause")[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">(\d+\. No [a-z]+)', table) == ["4. No personal"]
    row = table.partition('<th scope="row">4. No personal')[2].partition("</tr>")[0]
    assert "<td>2</td>" in row


def test_a_second_reader_agrees_by_the_clause_and_not_by_its_number(moderator):
    meant = Clause.in_force().get(number=3)
    first, second = (
        make_comment(status="pending").decide("reject", by=moderator, version=1, clause=meant)
        for _ in range(2)
    )
    swapped(3, 4)
    three, four = Clause.in_force().filter(number__in=[3, 4])
    reader = make_user("moderator")
    assert SecondReading.record(first, by=reader, action="remove", clause=four).agrees
    assert not SecondReading.record(second, by=reader, action="remove", clause=three).agrees
