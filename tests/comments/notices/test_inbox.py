"""The inbox, page by page, and the choices of what is mailed."""

import pytest
from django.utils import timezone

from articles.models import Article
from comments.models import Case, Clause, Notice, Preference
from comments.models.notice import MOST_COUNTED
from comments.models.preference import DEFAULTS, FIXED, OF_ADMINISTRATORS, How, Kind
from tests.comments.notices.conftest import INBOX, page
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


# The inbox


def test_the_inbox_is_read_page_by_page_newest_first(client, mine):
    for number in range(30):
        make_comment(parent=mine, author=make_user(display_name=f"Reader no {number}"))
    text = page(client, mine.author)
    assert text.index("Reader no 29") < text.index("Reader no 5 ")
    assert "Reader no 4 " not in text
    older = page(client, mine.author, INBOX + "?after=" + text.split("?after=")[1].split('"')[0])
    assert "Reader no 4 " in older
    assert "Reader no 0 " in older
    assert "Reader no 5 " not in older


@pytest.mark.parametrize("cursor", ["x", "%00", "9" * 500, "MTIz", "-1", "🙂"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(client, mine, cursor):
    make_comment(parent=mine)
    client.force_login(mine.author)
    answer = client.get(INBOX, {"after": cursor} if cursor != "%00" else {"after": "a b"})
    assert answer.status_code == 200
    assert "answered your comment" in answer.content.decode()


def test_opening_a_notice_reads_it_and_leads_to_the_answer(client, mine):
    answer = make_comment(parent=mine)
    notice = Notice.objects.get()
    assert "told--unread" in page(client, mine.author)
    assert client.head(f"{INBOX}{notice.pk}/").status_code == 302
    assert Notice.unread_count(mine.author) == 1, "a look ahead is no reading"
    assert client.get(f"{INBOX}{notice.pk}/").url == f"/comments/{answer.pk}/"
    assert "told--unread" not in page(client, mine.author)


def test_a_refused_comment_is_found_among_ones_own_and_a_removed_answer_nowhere(
    client, mine, moderator, clause
):
    refused = make_comment(author=mine.author, status="pending")
    refused.decide("reject", by=moderator, version=1, clause=clause)
    client.force_login(mine.author)
    notice = Notice.objects.get(comment=refused)
    assert client.get(f"{INBOX}{notice.pk}/").url.endswith(f"/comments/mine/#comment-{refused.pk}")
    Article.objects.filter(pk=refused.article_id).update(retire_at=timezone.now())
    assert client.get(f"{INBOX}{notice.pk}/").url == f"/comments/mine/#comment-{refused.pk}"
    answer = make_comment(parent=mine)
    notice = Notice.objects.get(comment=answer)
    Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())
    answer.decide("remove", by=moderator, version=1, clause=clause)
    assert client.get(f"{INBOX}{notice.pk}/").url == INBOX


def test_nobody_opens_or_reads_what_is_somebody_elses(client, mine):
    make_comment(parent=mine)
    notice = Notice.objects.get()
    client.force_login(make_user())
    assert client.get(f"{INBOX}{notice.pk}/").status_code == 404
    assert client.get(f"{INBOX}{10**30}/").status_code == 404
    client.post(INBOX, {"upto": notice.pk})
    assert "answered your comment" not in client.get(INBOX).content.decode()
    assert Notice.unread_count(mine.author) == 1


@pytest.mark.parametrize("address", [INBOX, INBOX + "1/", INBOX + "preferences/"])
def test_the_anonymous_go_to_log_in(client, address):
    assert client.get(address).url.startswith("/accounts/login/")


def test_all_that_was_shown_is_read_and_what_came_meanwhile_is_not(client, mine):
    make_comment(parent=mine)
    seen = Notice.objects.get()
    make_comment(parent=mine)
    client.force_login(mine.author)
    assert client.post(INBOX, {"upto": seen.pk}).status_code == 303
    assert Notice.unread_count(mine.author) == 1
    for nonsense in ("", "x", "-1", "9" * 40, "²"):
        assert client.post(INBOX, {"upto": nonsense}).status_code == 303


def test_names_and_titles_are_shown_as_typed(client, mine):
    make_comment(parent=mine, author=make_user(display_name="<b>Eve</b> {own}"))
    assert "&lt;b&gt;Eve&lt;/b&gt; {own} answered" in page(client, mine.author)


def test_the_corner_counts_what_is_unread_to_a_limit(client, mine):
    client.force_login(mine.author)
    assert "unread" not in client.get("/accounts/corner/").content.decode()
    answer = make_comment(parent=mine)
    assert 'count">1<' in client.get("/accounts/corner/").content.decode()
    decision = answer.decisions.first()
    row = {"user": mine.author, "kind": Kind.DECIDED, "comment": mine}
    decisions = [
        type(decision)(comment=mine, action="hold", to_status="pending") for _ in range(MOST_COUNTED)
    ]
    type(decision).objects.bulk_create(decisions)
    Notice.objects.bulk_create([Notice(**row, decision=each) for each in decisions])
    assert "1,000+" in client.get("/accounts/corner/").content.decode()


def test_no_notice_stands_on_a_page_that_all_share(client, mine):
    before = client.get(mine.article.get_absolute_url()).content
    make_comment(parent=make_comment(author=mine.author))
    client.force_login(mine.author)
    assert client.get(mine.article.get_absolute_url()).content == before


# The choices


def test_every_kind_has_a_default_and_what_is_owed_is_at_once():
    assert set(DEFAULTS) == set(Kind)
    assert {DEFAULTS[kind] for kind in FIXED} == {How.NOW}


def test_one_chooses_for_each_kind(client, mine):
    text = page(client, mine.author, INBOX + "preferences/")
    assert "cannot be switched off" in text
    unasked = FIXED | OF_ADMINISTRATORS
    asked = {kind: how for kind, how in Preference.of(mine.author).items() if kind not in unasked}
    for how in (How.NEVER, How.DAILY, How.NOW):
        sent = dict.fromkeys(asked, how) | {"decided": "never", "appeal": "never"}
        assert client.post(INBOX + "preferences/", sent).status_code == 303
        assert Preference.of(mine.author) == dict.fromkeys(asked, how) | dict.fromkeys(unasked, How.NOW)
    assert Preference.objects.filter(user=mine.author).count() == len(asked)


@pytest.mark.parametrize("sent", [{}, {"answered": "hourly"}, {"answered": "now"}])
def test_choices_that_do_not_exist_are_refused_in_words(client, mine, sent):
    client.force_login(mine.author)
    answer = client.post(INBOX + "preferences/", sent)
    assert answer.status_code == 422
    assert "Choose" in answer.content.decode()
    assert Preference.objects.count() == 0


@pytest.mark.parametrize(("outcome", "as_a_person"), [("authorities", True), ("false_alarm", False)])
def test_whoever_was_in_danger_is_spoken_to_as_a_person_first(client, moderator, outcome, as_a_person):
    comment = make_comment(author=make_user(), status="pending", body="I cannot go on.")
    Case.open_for(comment, "crisis", priority=0)
    clause = Clause.in_force().first()
    comment.decide("reject", by=moderator, version=1, clause=clause, outcome=outcome)
    html = page(client, comment.author)
    assert ("Somebody of this site has read what you wrote" in html) is as_a_person
    assert ("was not published" in html) is not as_a_person
    assert ("The rule that applies" in html) is not as_a_person
