"""How an emergency ends: what is claimed was done, what is offered for it, and what its author reads."""

import re

import pytest
from django.core import mail

from comments import jobs
from comments.models import CannedReply, Case, Clause, Comment, Notice, Preference
from comments.screening import Finding, Outcome
from tests import plain_forms
from tests.comments.conftest import work
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
HELP = "http://127.0.0.1:8000/comments/help/"


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def crisis(status="pending", codes=("emergency",), **fields) -> Comment:
    article = fields.pop("article", None) or make_article()
    comment = Comment.submit(
        article=article,
        by=fields.pop("author", None) or make_user(display_name="Ada"),
        body=fields.pop("body", "She does not wake up. Should I wait?"),
        verdict=verdict(
            "hold" if status == "pending" else "publish", *[Finding(code, Outcome.HOLD) for code in codes]
        ),
    )
    Case.open_for(comment, "crisis", priority=0, codes=codes)
    return comment


def decide(client, comment, **data):
    sent = {"version": comment.version} | data
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", sent)


def url(comment) -> str:
    return f"/moderation/comments/{comment.pk}/"


# What is claimed


def test_answered_needs_an_answer_or_a_message(client, moderator):
    comment = crisis()
    refused = decide(client, comment, action="publish", outcome="answered")
    assert refused.status_code == 422
    assert "write to the author, or answer under the comment" in refused.content.decode()
    assert Case.objects.open().filter(pk=comment.pk).exists()
    assert (
        decide(client, comment, action="publish", outcome="answered", message="Ring 999.").status_code == 303
    )
    other = crisis()
    sent = decide(client, other, action="publish", answer=1, reply="Ring 999.", outcome="answered")
    assert sent.status_code == 303
    assert other.decisions.first().message is None


@pytest.mark.parametrize(("status", "action"), [("pending", "publish"), ("published", "keep")])
def test_pointed_to_help_mails_the_signpost_by_itself(client, moderator, status, action):
    comment = crisis(status)
    assert decide(client, comment, action=action, outcome="signposted").status_code == 303
    decision = comment.decisions.first()
    assert decision.canned_reply == CannedReply.objects.get(key="emergency-signpost")
    assert decision.message.text.startswith("Dear Ada, thank you for telling us.")
    assert HELP in decision.message.text
    assert Notice.objects.filter(decision=decision, user=comment.author).exists()
    jobs.mail_decision(decision_id=decision.pk)
    [sent] = mail.outbox
    assert "Dear Ada, thank you for telling us." in sent.body


def test_own_words_take_the_place_of_the_signpost_and_an_answer_does_not(client, moderator):
    own = crisis()
    decide(client, own, action="publish", outcome="signposted", message="Please ring 116 123.")
    assert own.decisions.first().message.text == "Please ring 116 123."
    answered = crisis()
    decide(client, answered, action="publish", reply="Please call.", answer=1, outcome="signposted")
    assert HELP in answered.decisions.first().message.text


def test_without_a_signpost_in_use_or_where_it_is_declined_words_are_asked_for(client, moderator):
    clause = {"action": "reject", "clause": 6, "outcome": "signposted"}
    assert decide(client, crisis(), **clause, canned_reply="-").status_code == 422
    CannedReply.objects.filter(purpose="message_to_author").update(is_active=False)
    refused = decide(client, crisis(), action="publish", outcome="signposted")
    assert refused.status_code == 422
    assert "needs words that do it" in refused.content.decode()
    assert "your message; it needs one" in client.get(url(crisis())).content.decode()


@pytest.mark.parametrize("outcome", ["authorities", "false_alarm"])
def test_other_outcomes_need_no_words(client, moderator, outcome):
    comment = crisis()
    assert decide(client, comment, action="publish", outcome=outcome).status_code == 303
    assert comment.decisions.first().message is None


def test_the_form_says_what_is_sent(client, moderator):
    page = client.get(url(crisis())).content.decode()
    assert "“Answered” needs an answer or a message." in page
    assert "mails “This sounds urgent”, unless you write something else." in page
    assert "“Answered” needs" not in client.get(url(make_comment(status="pending"))).content.decode()


# What is offered


def test_only_what_is_for_an_emergency_is_suggested(client, moderator):
    page = client.get(url(crisis(codes=("emergency", "personal_advice")))).content.decode()
    assert re.search(r'value="call-for-help"[^>]* checked', page)
    assert page.count("suggested</span>") == 2  # the answer and the message
    assert page.index("call-for-help") < page.index("no-personal-advice")
    page = client.get(url(crisis(codes=()))).content.decode()  # reported by a reader
    assert re.search(r'value="call-for-help"[^>]* checked', page)
    ordinary = Comment.submit(
        article=make_article(),
        by=make_user(),
        body="Should I?",
        verdict=verdict("hold", Finding("personal_advice", Outcome.HOLD)),
    )
    page = client.get(url(ordinary)).content.decode()
    assert re.search(r'value="no-personal-advice"[^>]* checked', page)


def test_an_older_site_gets_the_answer_and_keeps_what_it_changed():
    from healthnews import fresh_site

    CannedReply.objects.filter(key="call-for-help").delete()
    CannedReply.objects.filter(key="please-civil").update(body="Be nice.")
    for _ in range(2):
        fresh_site.write()
    assert CannedReply.objects.filter(key="call-for-help").count() == 1
    assert CannedReply.objects.get(key="please-civil").body == "Be nice."


def test_the_help_placeholder_is_known_and_read_as_an_address(client):
    client.force_login(make_user("administrator"))
    reply = CannedReply.objects.get(key="call-for-help")
    where = f"/moderation/replies/{reply.pk}/edit/"
    page = client.post(where, plain_forms.fields(client.get(where)) | {"step": "look"}).content.decode()
    assert HELP in page
    assert "Nothing fills" not in page
    assert "{help}" in reply.body


# What its author reads


def test_the_mail_speaks_to_a_person_first_and_quotes_nothing(client, moderator):
    comment = crisis()
    message = "Ada, we have read this, and we worry about you."
    decide(client, comment, action="return", clause=6, message=message, outcome="answered")
    jobs.mail_decision(decision_id=comment.decisions.first().pk)
    [sent] = mail.outbox
    assert sent.subject == "We have read what you wrote, and write back"
    order = [
        message,
        HELP,
        "About the comment itself: Your comment is not published.",
        "6. In an emergency, call for help first",
        f"/comments/{comment.pk}/decision/",
        "If you think that this was a mistake",
    ]
    places = [sent.body.index(words) for words in order]
    assert places == sorted(places)
    assert "does not wake up" not in sent.body
    assert "do not belong" not in sent.body


def test_it_is_sent_though_mail_about_what_is_published_is_switched_off(client, moderator):
    comment = crisis()
    Preference.choose(comment.author, {"published": "never"})
    decide(client, comment, action="publish", outcome="signposted")
    jobs.mail_decision(decision_id=comment.decisions.first().pk)
    [sent] = mail.outbox
    assert HELP in sent.body


def test_a_false_alarm_is_mailed_like_anything_else(client, moderator):
    comment = crisis()
    decide(client, comment, action="publish", outcome="false_alarm")
    jobs.mail_decision(decision_id=comment.decisions.first().pk)
    [sent] = mail.outbox
    assert sent.subject.endswith("was published")


def test_what_was_written_to_them_stands_beside_what_is_published(client, moderator):
    comment = crisis()
    decide(client, comment, action="publish", outcome="answered", message="We worry about you.")
    client.force_login(comment.author)
    assert "We worry about you." in client.get("/comments/mine/").content.decode()
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert 'href="/comments/help/"' in page


def test_no_clause_of_a_fresh_site_scolds_who_is_in_danger():
    assert Clause.in_force().get(number=6).title == "In an emergency, call for help first"


# What the desk prints in passing


def test_a_closed_emergency_stays_veiled_elsewhere_unless_it_is_public(client, moderator):
    author, article = make_user(), make_article()
    hidden = crisis(author=author, article=article, body="I have the pills here.")
    shown = crisis(author=author, article=article, body="She woke up again.")
    other = make_comment(article, author, status="pending")
    decide(client, hidden, action="reject", clause=6, outcome="signposted")
    decide(client, shown, action="publish", outcome="false_alarm")
    page = client.get(url(other)).content.decode()
    assert "I have the pills here." not in page
    assert "She woke up again." in page
    assert "The text may be distressing" in page


def test_the_card_of_what_was_withdrawn_has_no_empty_heading(client, moderator):
    comment = make_comment(status="pending")
    assert "<h2>The article</h2>" in client.get(url(comment)).content.decode()
    comment.withdraw(by=comment.author, version=1)
    assert "<h2>The article</h2>" not in client.get(url(comment)).content.decode()


def test_what_was_written_when_it_was_kept_is_where_the_mail_leads(client, moderator):
    comment = crisis("published")
    comment.refresh_from_db()
    comment.decide(
        "keep", by=moderator, version=comment.version, outcome="authorities", message="We have called."
    )
    work()
    (message,) = mail.outbox
    where = re.search(rf"(/comments/\S+)#comment-{comment.pk}\n", message.body)[1]
    client.force_login(comment.author)
    assert "We have called." in client.get(where).content.decode()
