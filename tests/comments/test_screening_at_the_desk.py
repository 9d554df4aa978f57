"""Screening from the sending of a comment to the desk: facts, cases, nudges, and learning from decisions."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Credential, Person
from comments import facts, learned, nudges, screening
from comments.models import Appeal, Case, Clause, Comment, Lane
from comments.screening import model
from tests import factories

pytestmark = pytest.mark.django_db
DANGER = "I want to die and I have the pills here."


def gathered(author, text="Hello there.", **more):
    return facts.gather(article=factories.make_article(), author=author, text=text, **more)


def send(article, author, text):
    verdict = screening.screen(facts.gather(article=article, author=author, text=text))
    return Comment.submit(article=article, by=author, body=text, verdict=verdict)


def test_a_danger_waits_in_the_crisis_lane_before_all_else():
    article, reader = factories.make_article(), factories.make_user()
    send(article, reader, "Lovely.")
    comment = send(article, reader, DANGER)
    case = Case.objects.open().first()
    assert comment.status == "pending"
    assert (case.comment_id, case.lane, case.priority) == (comment.pk, Lane.CRISIS, 0)
    assert "crisis" in case.kinds


def test_an_edit_that_speaks_of_danger_becomes_a_crisis_and_the_old_text_stays():
    comment = factories.make_comment()
    verdict = screening.screen(screening.Facts(text=DANGER, published_before=9))
    comment.edit(DANGER, by=comment.author, verdict=verdict, version=comment.version)
    case = Case.objects.open().get()
    assert (case.lane, comment.status) == (Lane.CRISIS, "published") and comment.text.body != DANGER


def test_the_record_counts_what_was_refused_lately_but_never_a_crisis():
    reader = factories.make_user()
    for status in ("published", "published", "rejected"):
        factories.make_comment(author=reader, status=status)
    refused = factories.make_comment(author=reader, status="rejected")
    Case.open_for(refused, "crisis", priority=0)
    old = factories.make_comment(author=reader, status="rejected")
    Comment.objects.filter(pk=old.pk).update(posted_at=timezone.now() - timedelta(days=60))
    known = gathered(reader)
    assert (known.recent_decided, known.recent_refused) == (3, 1)


def test_what_was_distress_stays_so_whatever_its_case_is_opened_for_later():
    reader, clause = factories.make_user(), Clause.in_force().first()
    desk = [factories.make_user("moderator") for _ in range(2)]
    refused = send(factories.make_article(), reader, DANGER)
    decision = refused.decide("reject", by=desk[0], version=1, clause=clause, outcome="answered")
    assert gathered(reader).recent_refused == 0
    Appeal.lodge(decision, by=reader, text="Please.")
    assert gathered(reader).recent_refused == 0
    refused.refresh_from_db()
    refused.decide("uphold", by=desk[1], version=refused.version)
    assert (gathered(reader).recent_decided, gathered(reader).recent_refused) == (0, 0)
    calm = factories.make_comment(author=reader, status="pending")
    calm.decide("reject", by=desk[0], version=1, clause=clause)
    assert gathered(reader).recent_refused == 1


def test_a_credential_counts_until_it_ends():
    user = factories.make_user()
    assert not gathered(user).has_credential
    person = Person.objects.create(user=user, name="Ada Lovage", slug="ada-lovage")
    credential = Credential.objects.create(person=person, title="RN", issuer="Board")
    user = type(user).objects.get(pk=user.pk)
    assert gathered(user).has_credential
    credential.expires_on = timezone.now().date() - timedelta(days=1)
    credential.save()
    assert not gathered(type(user).objects.get(pk=user.pk)).has_credential


def test_gathering_costs_the_same_for_an_author_of_two_and_of_thirty_comments():
    article, counts = factories.make_article(), []
    for number in (2, 30):
        reader = factories.make_user()
        for _ in range(number):
            factories.make_comment(article=article, author=reader)
        reader = type(reader).objects.get(pk=reader.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            facts.gather(article=article, author=reader, text="Hello.")
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= counts[1] + 1  # who has enough published lately is asked for no more


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I live at 14 Larch Grove, Ottersby.", "address"),
        ("My aunt Sally Brown has dementia.", "third_person"),
        ("born 6 May 1987, if that helps", "birth_date"),
    ],
)
def test_one_is_told_before_sending_what_would_be_public(text, code):
    nudge = next(each for each in nudges.for_text(text) if each.code == code)
    assert nudge.quote and nudge.quote in text and nudge.advice


def test_a_danger_is_never_a_nudge():
    assert not {each.code for each in nudges.for_text(DANGER)} & {*screening.CRISIS}


def test_the_desk_learns_from_what_people_decided_and_only_from_that(tmp_path, capsys):
    moderator, article = factories.make_user(role="moderator"), factories.make_article()
    reader = factories.make_user()
    spam = send(article, reader, "Subscribe to my channel for more!!")
    fine = send(article, reader, "The table was new to me, thank you.")
    send(article, reader, "Nobody has decided this one.")
    clause = factories.make_clause() if hasattr(factories, "make_clause") else None
    from comments.models import Clause

    clause = clause or Clause.objects.first()
    spam.decide("reject", by=moderator, version=spam.version, clause=clause)
    fine.decide("publish", by=moderator, version=fine.version)
    assert sorted((row["text"], row["labels"]) for row in learned.rows()) == [
        (spam.text.body, ["spam"]),
        (fine.text.body, ["fine"]),
    ]
    call_command("train_screening", decisions=True, out=tmp_path / "own.json")
    assert "2 texts" in capsys.readouterr().out
    assert model.read(tmp_path / "own.json").version != model.shipped().version


def test_a_broken_model_is_told_from_a_good_one(tmp_path):
    (tmp_path / "m.json").write_text('{"labels": ["other"]}')
    with pytest.raises(ValueError, match="is not a screening model"):
        model.read(tmp_path / "m.json")


def test_the_card_marks_the_words_that_weighed_most(client):
    found = screening.Finding("emergency", screening.Outcome.HOLD, 0, 0, 0.6, "abc", ((4, 11),))
    comment = Comment.submit(
        article=factories.make_article(),
        by=factories.make_user(),
        body="She walked into the sea.",
        verdict=factories.verdict("hold", found),
    )
    client.force_login(factories.make_user(role="moderator"))
    html = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    weighed = '<mark title="Somebody may be in danger now: weighed most" data-number="1">walked </mark>'
    assert weighed in html
    assert "<b>Somebody may be in danger now</b>: <q>She walked into the sea.</q>" in html
    assert "judged as a whole by the model" in html
