"""Appeals: who may, the form, who is told, and that granting one restores what was taken."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.dateformat import format as date

from comments.counts import recount
from comments.models import Appeal, Case, Clause, Comment, Decision, Notice, Report, Undecidable
from comments.models.report import is_in_time
from comments.models.undoing import undo
from tests.comments.test_reports import work
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("moderator")


@pytest.fixture
def other():
    return make_user("moderator")


@pytest.fixture
def clause():
    return Clause.objects.order_by("-policy__number", "number").first()


@pytest.fixture
def removed(moderator, clause):
    comment = make_comment(author=make_user(), body="It helped my twitching.")
    comment.decide("remove", by=moderator, version=1, clause=clause)
    return comment


def lodge(client, comment, text="I named nobody."):
    return client.post(f"/comments/{comment.pk}/appeal/", {"text": text})


def mails_to(user) -> list:
    return [each for each in mail.outbox if each.to == [user.email]]


def decided(comment, action, by, **given) -> Decision:
    comment.refresh_from_db()
    return comment.decide(action, by=by, version=comment.version, **given)


def test_the_mail_leads_to_the_form_and_the_form_to_the_queue(client, removed):
    work()
    assert f"/comments/{removed.pk}/appeal/" in mails_to(removed.author)[0].body
    client.force_login(removed.author)
    assert b"Why do you think that it is wrong?" in client.get(f"/comments/{removed.pk}/appeal/").content
    got = lodge(client, removed)
    assert (got.status_code, got.url) == (303, f"/comments/{removed.pk}/decision/")
    page = client.get(got.url).content.decode()
    assert "Another moderator will decide" in page
    case = Case.objects.get(pk=removed.pk, closed_at=None)
    assert case.get_lane_display() == "Appeals"
    assert Appeal.objects.get().text.text == "I named nobody."
    mine = client.get("/comments/mine/").content.decode()
    assert "You have appealed." in mine
    assert "/appeal/" not in mine


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
def test_what_is_wrong_is_said_and_the_text_stays(client, removed, text):
    client.force_login(removed.author)
    got = lodge(client, removed, text)
    assert got.status_code == 422
    assert text.strip() in got.content.decode()
    assert not Appeal.objects.exists()


def test_two_thousand_characters_are_enough_for_an_appeal(client, removed):
    client.force_login(removed.author)
    assert lodge(client, removed, "x" * 2_000).status_code == 303


def test_once_within_six_months_and_the_text_stays_when_it_is_refused(client, removed):
    client.force_login(removed.author)
    lodge(client, removed)
    again = lodge(client, removed, "And once more.")
    assert again.status_code == 403
    assert b"already" in again.content
    assert b"And once more." in again.content
    Appeal.objects.all().delete()
    Decision.objects.filter(action="remove").update(at=timezone.now() - timedelta(days=185))
    late = lodge(client, removed, "Too late?")
    assert late.status_code == 403
    assert b"six months" in late.content


def test_no_six_months_of_the_year_are_longer_and_the_last_day_counts_whole(client, removed, monkeypatch):
    for month in range(1, 13):
        told = datetime(2026, month, 1, 9, 0, tzinfo=UTC)
        end = datetime(2026 + (month > 6), (month + 5) % 12 + 1, 1, 23, 59, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda now=end: now)
        assert is_in_time(told), told
    monkeypatch.undo()
    client.force_login(removed.author)
    for days, offered in ((184, True), (185, False)):
        Decision.objects.filter(action="remove").update(at=timezone.now() - timedelta(days=days))
        page = client.get("/comments/mine/").content.decode()
        assert (f"/comments/{removed.pk}/appeal/" in page) is offered
        assert ("six months" not in client.get(f"/comments/{removed.pk}/appeal/").content.decode()) is offered


def test_the_time_begins_when_its_author_is_told(client, removed):
    at = timezone.now() - timedelta(days=188)
    Decision.objects.filter(action="remove").update(at=at)
    Notice.objects.update(mailed_at=at + timedelta(days=5))
    client.force_login(removed.author)
    assert f"/comments/{removed.pk}/appeal/" in client.get("/comments/mine/").content.decode()
    page = client.get(f"/comments/{removed.pk}/decision/").content.decode()
    assert f"Until {date(timezone.localtime(at + timedelta(days=189)), 'j F Y')}." in page
    assert lodge(client, removed).status_code == 303


def test_for_who_reported_what_was_answered_already_the_time_begins_then(client, kept):
    Decision.objects.filter(action="keep").update(at=timezone.now() - timedelta(days=200))
    late = make_user()
    Report.file(kept.comment, reason="dangerous", by=late)
    for reporter, status in ((late, 303), (kept.reporter, 403)):
        Report.objects.filter(pk=kept.pk).update(at=timezone.now() - timedelta(days=201))
        client.force_login(reporter)
        assert lodge(client, kept.comment).status_code == status


def test_strangers_do_not_learn_of_it(client, removed):
    for path in ("appeal", "decision"):
        assert client.get(f"/comments/{removed.pk}/{path}/").url.startswith("/accounts/login/")
    client.force_login(make_user())
    for path in ("appeal", "decision"):
        assert client.get(f"/comments/{removed.pk}/{path}/").status_code == 404
    assert lodge(client, removed).status_code == 404
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(("action", "granted"), [("overturn", True), ("uphold", False)])
def test_the_answer_goes_to_the_author_and_what_was_taken_is_back(client, removed, other, action, granted):
    client.force_login(removed.author)
    lodge(client, removed)
    mail.outbox.clear()
    decided(removed, action, other)
    work()
    told = [each for each in mails_to(removed.author) if "appeal" in each.subject]
    assert len(told) == 1
    assert ("you were right" in told[0].body) is granted
    assert ("stays as it was" in told[0].body) is not granted
    assert Appeal.objects.get().was_granted is granted
    page = client.get(removed.article.get_absolute_url()).content.decode()
    assert ("It helped my twitching." in page) is granted
    assert not any(recount(dry_run=True).values())
    assert lodge(client, removed, "Once more.").status_code == 403


def test_who_had_reported_it_is_told_that_it_is_back(client, moderator, other, clause):
    comment, reporter = make_comment(author=make_user()), make_user()
    Report.file(comment, reason="abuse", by=reporter)
    decided(comment, "remove", moderator, clause=clause)
    work()
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="No.")
    decided(comment, "overturn", other)
    work()
    first, second = mails_to(reporter)
    assert "taken it down" in first.body
    assert "decided anew" in second.subject
    assert "it can be read again" in second.body


def test_a_reversal_corrects_what_is_known_of_who_had_reported_both_ways(moderator, other, clause):
    """Kept, removed on the reporters' appeal, restored on the author's; and each of these taken back."""
    comment, reporter, stranger = make_comment(author=make_user()), make_user(), make_comment()
    reported = [Report.file(comment, reason=each, by=reporter)[0].pk for each in ("abuse", "spam")]
    apart, _ = Report.file(stranger, reason="abuse", by=reporter)
    decided(stranger, "keep", moderator)

    def right() -> list:
        assert not Report.objects.get(pk=apart.pk).was_right, "nobody looked at that one again"
        return [Report.objects.get(pk=each).was_right for each in reported]

    kept = decided(comment, "keep", moderator)
    assert right() == [False, False]
    Appeal.lodge(kept, by=reporter, text="It names my sister.")
    removed = decided(comment, "remove", other, clause=clause)
    assert right() == [True, True]
    undo(removed, by=other)
    assert right() == [False, False]
    removed = decided(comment, "remove", other, clause=clause)
    Appeal.lodge(removed, by=comment.author, text="She asked me to.")
    restored = decided(comment, "overturn", moderator)
    assert right() == [False, False]
    undo(restored, by=moderator)
    assert right() == [True, True]
    decided(comment, "uphold", moderator)
    assert right() == [True, True]


def test_who_was_right_in_the_end_weighs_more(moderator, other, clause):
    reporter, kept = make_user(), []
    for _ in range(5):
        comment = make_comment()
        Report.file(comment, reason="abuse", by=reporter)
        kept.append(decided(comment, "keep", moderator))
    assert Report.weight_of(reporter) == 0.1
    for decision in kept:
        Appeal.lodge(decision, by=reporter, text="Look again.")
        decided(decision.comment, "remove", other, clause=clause)
    assert Report.weight_of(reporter) == 1.43


def test_what_its_author_took_back_says_nothing_about_who_had_reported_it(moderator):
    comment, reporter = make_comment(author=make_user()), make_user()
    report, _ = Report.file(comment, reason="abuse", by=reporter)
    Appeal.lodge(decided(comment, "keep", moderator), by=reporter, text="Look again.")
    comment.refresh_from_db()
    comment.withdraw(by=comment.author, version=comment.version)
    report.refresh_from_db()
    assert report.was_right is False


def test_who_reported_appeals_when_it_was_kept_and_both_are_told(client, moderator, other, clause):
    comment, reporter = make_comment(author=make_user()), make_user()
    Report.file(comment, reason="abuse", by=reporter)
    decided(comment, "keep", moderator)
    work()
    assert f"/comments/{comment.pk}/appeal/" in mails_to(reporter)[0].body
    client.force_login(reporter)
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert "stays as it is" in page
    assert f"/comments/{comment.pk}/appeal/" in page
    assert lodge(client, comment, "It names my sister.").status_code == 303
    decided(comment, "remove", other, clause=clause)
    work()
    assert Appeal.objects.get().was_granted
    assert "no longer public" in mails_to(reporter)[-1].body
    assert "taken down" in mails_to(comment.author)[0].body
    # And the author may appeal against that in turn.
    assert Appeal.why_not(Decision.in_force(comment), comment.author) == ""


def test_keeping_it_once_more_refuses_the_reporters_appeal_and_leaves_the_author_alone(moderator, other):
    comment, reporter = make_comment(author=make_user()), make_user()
    Report.file(comment, reason="abuse", by=reporter)
    Appeal.lodge(decided(comment, "keep", moderator), by=reporter, text="Look again.")
    decided(comment, "keep", other)
    work()
    assert not Appeal.objects.get().was_granted
    assert "not granted" in mails_to(reporter)[-1].subject
    assert mails_to(comment.author) == []


@pytest.mark.parametrize(("action", "granted"), [("publish", True), ("keep", False), ("reject", False)])
def test_what_was_taken_out_comes_back_when_its_author_was_right(
    client, moderator, other, clause, action, granted
):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    client.force_login(comment.author)
    lodge(client, comment, "That is a public helpline.")
    public = comment.article.get_absolute_url()
    assert "7946" not in client.get(public).content.decode()
    mine = client.get("/comments/mine/").content.decode()
    assert "Published without parts of it." in mine and "As you wrote it, for your appeal:" in mine
    assert "Your change" not in mine
    mail.outbox.clear()
    decided(comment, action, other, **({"clause": clause} if action == "reject" else {}))
    assert Appeal.objects.get().was_granted is granted
    assert ("020 7946 0018" in client.get(public).content.decode()) is granted
    comment.refresh_from_db()
    assert (comment.status, comment.waiting_text) == ("published", None)
    work()
    [told] = [each for each in mails_to(comment.author) if "appeal" in each.subject]
    assert ("you were right" in told.body) is granted
    assert lodge(client, comment, "Once more.").status_code == 403


@pytest.mark.parametrize(("given", "granted"), [({}, True), ({"redactions": ((7, 20),)}, False)])
def test_taking_a_redacted_one_back_to_the_queue_grants_its_author_nothing(
    redacted, moderator, other, given, granted
):
    appeal = Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="It is a helpline.")
    decided(redacted, "hold", other)
    decided(redacted, "publish_redacted" if given else "publish", other, **given)
    appeal.refresh_from_db()
    assert appeal.was_granted is granted
    with pytest.raises(Undecidable, match="already"):  # the answer is the last word
        Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="And now?")


@pytest.mark.parametrize(
    ("action", "granted"), [("publish", False), ("publish_redacted", True), ("reject", True)]
)
def test_taking_it_back_to_the_queue_grants_who_reported_it_nothing(kept, other, clause, action, granted):
    appeal = Appeal.lodge(Report.objects.get(pk=kept.pk).answered_by, by=kept.reporter, text="Look again.")
    decided(kept.comment, "hold", other)
    given = {"publish": {}, "publish_redacted": {"redactions": ((0, 5),)}, "reject": {"clause": clause}}
    decided(kept.comment, action, other, **given[action])
    appeal.refresh_from_db()
    assert appeal.was_granted is granted
    work()
    assert ("not granted" not in mails_to(kept.reporter)[-1].subject) is granted


def test_taking_out_less_on_appeal_says_what_is_out_now(moderator, other):
    comment = make_comment(author=make_user(), body="Ring 555 1234 or mail x@y.example, please.")
    decided(comment, "publish_redacted", moderator, redactions=((5, 13), (22, 33)))
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="That is the helpline.")
    work()
    mail.outbox.clear()
    decided(comment, "publish_redacted", other, redactions=((22, 33),))
    assert not Appeal.objects.get().was_granted
    work()
    [told] = mails_to(comment.author)
    assert told.subject.endswith(": your appeal was answered")
    assert "Everybody can read it, without these parts:\n\n- x@y.example" in told.body
    assert "- 555 1234" not in told.body
    assert "stays as it was" not in told.body


def test_a_change_that_is_published_during_an_appeal_is_no_answer_to_it(redacted, moderator, other):
    Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="That is the helpline.")
    redacted.refresh_from_db()
    redacted.edit("Ask.", by=redacted.author, verdict=verdict("hold"), version=redacted.version)
    work()
    mail.outbox.clear()
    decided(redacted, "publish", other)
    assert not Appeal.objects.get().was_granted
    work()
    [told] = mails_to(redacted.author)
    assert told.subject.startswith("The change to your comment") and told.subject.endswith("was published")
    assert "you were right" not in told.body


@pytest.mark.parametrize("action", ["publish", "keep"])
def test_what_a_reporter_appealed_against_is_not_laid_to_the_author(kept, other, action):
    Appeal.lodge(Report.objects.get(pk=kept.pk).answered_by, by=kept.reporter, text="Look again.")
    comment = Comment.objects.get(pk=kept.comment_id)
    comment.edit("Take your tablets.", by=comment.author, verdict=verdict("hold"), version=comment.version)
    decided(comment, action, other)
    work()
    [told] = mails_to(comment.author)
    assert "ppeal" not in told.subject and "you appealed" not in told.body


def test_taking_back_a_granted_appeal_says_that_it_is_down_by_which_rule_and_that_the_appeal_waits(
    removed, other, clause
):
    Appeal.lodge(Decision.in_force(removed), by=removed.author, text="No.")
    granted = decided(removed, "overturn", other)
    work()
    mail.outbox.clear()
    undo(granted, by=other)
    work()
    [told] = mails_to(removed.author)
    for words in (
        "we have taken it back: the comment is as it was before. Your comment was taken down.",
        "Your appeal waits for an answer again",
        f"{clause.number}. {clause.title}",
        "Without an end",
        f"The whole statement of reasons: http://127.0.0.1:8000/comments/{removed.pk}/decision/",
    ):
        assert words in told.body, words
    assert "\n\n\n" not in told.body


def test_taking_back_what_gave_parts_back_says_that_they_are_out_again(redacted, other):
    Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="That is the helpline.")
    granted = decided(redacted, "publish", other)
    work()
    mail.outbox.clear()
    undo(granted, by=other)
    work()
    [told] = mails_to(redacted.author)
    assert "Your comment is published without parts of it. Your appeal waits" in told.body
    assert "What is taken out:\n\n- 020 7946 0018\n" in told.body
    assert "\n\n\n" not in told.body


@pytest.fixture
def changed():
    comment = make_comment(author=make_user(), body="As it was.")
    comment.edit("As it shall be.", by=comment.author, verdict=verdict("hold"), version=1)
    return comment


@pytest.mark.parametrize("action", ["reject", "keep"])
def test_a_change_that_was_refused_can_be_appealed_against_too(
    client, changed, moderator, other, clause, action
):
    decided(changed, action, moderator, **({"clause": clause} if action == "reject" else {}))
    work()
    address = f"/comments/{changed.pk}/appeal/"
    assert address in mails_to(changed.author)[0].body
    client.force_login(changed.author)
    assert address in client.get("/comments/mine/").content.decode()
    assert lodge(client, changed).status_code == 303
    decided(changed, "publish", other)
    changed.refresh_from_db()
    assert changed.text.body == "As it shall be."
    assert Appeal.objects.get().was_granted
    assert lodge(client, changed, "Once more.").status_code == 403


def test_a_change_that_was_dropped_and_the_reports_that_came_to_nothing_are_appealed_apart(
    changed, moderator, other
):
    """One decision answers both; so does the next, and each hears what is said to them."""
    reporter = make_user()
    Report.file(changed, reason="abuse", by=reporter)
    kept = decided(changed, "keep", moderator)
    by_author = Appeal.lodge(kept, by=changed.author, text="It is harmless.")
    by_reporter = Appeal.lodge(kept, by=reporter, text="It names my sister.")
    assert (by_author.is_of_author, by_reporter.is_of_author) == (True, False)
    work()
    mail.outbox.clear()
    decided(changed, "publish", other)
    for appeal, granted in ((by_author, True), (by_reporter, False)):
        appeal.refresh_from_db()
        assert appeal.was_granted is granted
    work()
    assert [each.subject.rpartition(" was ")[2] for each in mails_to(reporter)] == ["not granted"]


def test_an_answer_that_takes_away_what_had_stayed_can_be_appealed_against(
    client, redacted, moderator, other, clause
):
    client.force_login(redacted.author)
    lodge(client, redacted)
    decided(redacted, "remove", other, clause=clause)
    assert f"/comments/{redacted.pk}/appeal/" in client.get("/comments/mine/").content.decode()
    assert lodge(client, redacted).status_code == 303
    decided(redacted, "uphold", moderator)
    assert f"/comments/{redacted.pk}/appeal/" not in client.get("/comments/mine/").content.decode()
    assert lodge(client, redacted).status_code == 403


def test_passing_it_on_decides_nothing_and_a_decision_taken_back_never_was(removed, moderator, other):
    decision = Decision.in_force(removed)
    Appeal.lodge(decision, by=removed.author, text="Look.")
    decided(removed, "escalate", other)
    assert Decision.in_force(removed) == decision
    restored = decided(removed, "overturn", other)
    assert Decision.in_force(removed) == restored
    undo(restored, by=other)
    assert Decision.in_force(removed) == decision


def test_a_refusal_by_a_listed_word_can_be_appealed_against(client):
    comment = make_comment(status="rejected")
    client.force_login(comment.author)
    assert lodge(client, comment, "I meant no harm.").status_code == 303
    assert Comment.objects.get(pk=comment.pk).status == "rejected"


# What is decided because of others takes no appeal away


@pytest.fixture
def redacted(moderator):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    return comment


def test_reports_that_came_to_nothing_leave_its_author_the_appeal(client, redacted, moderator, other):
    Report.file(redacted, reason="abuse", by=make_user())
    decided(redacted, "keep", other)
    client.force_login(redacted.author)
    page = client.get(f"/comments/{redacted.pk}/decision/").content.decode()
    assert "Your comment is published without parts of it." in page
    assert f"/comments/{redacted.pk}/appeal/" in page
    assert f"/comments/{redacted.pk}/appeal/" in client.get("/comments/mine/").content.decode()
    assert lodge(client, redacted).status_code == 303
    assert not Appeal.objects.get().decision.reports.exists()
    decided(redacted, "publish", other)
    assert Appeal.objects.get().was_granted


@pytest.mark.parametrize("action", ["keep", "escalate"])
def test_taking_back_what_came_between_leaves_the_text_that_the_appeal_is_about(
    redacted, moderator, other, action
):
    Report.file(redacted, reason="abuse", by=make_user())
    between = decided(redacted, action, other)
    Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="No.")
    undo(between, by=other)
    decided(redacted, "publish", other)
    assert Appeal.objects.get().was_granted
    redacted.refresh_from_db()
    assert redacted.text.body == "Ask at 020 7946 0018, the helpline."


def test_the_answer_to_others_leaves_who_reported_it_the_appeal(client, kept, moderator, other):
    Report.file(kept.comment, reason="spam", by=make_user())
    decided(kept.comment, "keep", moderator)
    client.force_login(kept.reporter)
    assert "/appeal/" in client.get(f"/comments/{kept.comment_id}/decision/").content.decode()
    assert lodge(client, kept.comment).status_code == 303
    assert Appeal.objects.get().decision == Report.objects.get(pk=kept.pk).answered_by


def test_what_is_no_longer_public_gives_who_reported_it_nothing_to_appeal_against(
    client, kept, other, clause
):
    decided(kept.comment, "remove", other, clause=clause)
    client.force_login(kept.reporter)
    assert "/appeal/" not in client.get(f"/comments/{kept.comment_id}/decision/").content.decode()
    got = lodge(client, kept.comment)
    assert got.status_code == 403
    assert b"while it stays" in got.content
    assert not Appeal.objects.exists()


def test_of_several_appeals_each_keeps_away_whom_it_is_against(kept, moderator, other):
    second, _ = Report.file(kept.comment, reason="spam", by=make_user())
    decided(kept.comment, "keep", other)
    for each in (kept, second):
        each.refresh_from_db()
        Appeal.lodge(each.answered_by, by=each.reporter, text="Look again.")
    third = make_user("moderator")
    for by in (moderator, other):
        with pytest.raises(Undecidable, match="your own decision"):
            decided(kept.comment, "keep", by)
    third.groups.clear()  # now there is nobody else, and one of them has to
    assert decided(kept.comment, "keep", moderator).by_the_same
    assert not Appeal.objects.filter(answered_by=None).exists()


# A reporter's appeal, for who judges it and for who sent it


@pytest.fixture
def kept(moderator):
    """A comment that was reported, and stays."""
    comment = make_comment(author=make_user(), body="Throw your tablets away.")
    reader = make_user(display_name="Rita Reader")
    report, _ = Report.file(comment, reason="dangerous", by=reader, note="Somebody may really do it.")
    decided(comment, "keep", moderator)
    return report


def test_the_card_of_an_appeal_shows_the_reports_that_it_is_about(client, kept, other):
    comment, by_others = kept.comment, make_comment()
    Report.file(by_others, reason="spam", by=make_user(), note="About another comment.")
    client.force_login(kept.reporter)
    lodge(client, comment, "Please think again.")
    client.force_login(other)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    for words in (
        "Please think again.",
        "It gives dangerous advice",
        "Somebody may really do it.",
        "Rita Reader",
    ):
        assert words in card, words
    assert "About another comment." not in card
    comment.author.groups.add(*other.groups.all())
    client.force_login(comment.author)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "Somebody may really do it." in card
    assert "Rita" not in card


def test_a_reporter_who_appeals_reads_that_it_came_in_and_what_came_of_it(client, kept, other, clause):
    address = f"/comments/{kept.comment_id}/decision/"
    client.force_login(kept.reporter)
    lodge(client, kept.comment)
    assert "Another moderator will decide, and we will write to you." in client.get(address).content.decode()
    decided(kept.comment, "remove", other, clause=clause)
    assert "The appeal was granted." in client.get(address).content.decode()
    # Who reported it too, and did not appeal, reads nothing of it.
    silent = make_user()
    Report.objects.create(comment=kept.comment, text=kept.text, reporter=silent, reason="abuse")
    client.force_login(silent)
    assert "ppeal was" not in client.get(address).content.decode()
