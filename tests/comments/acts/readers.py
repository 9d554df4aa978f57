"""What readers and authors do. Each act returns whether there was something to do; a refusal is raised."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from comments.facts import MayNotWrite
from comments.forms import CommentForm, EditForm
from comments.models import Appeal, Comment, Decision, Helpful, Hidden, LegalNotice, Report, Sanction, Thread
from comments.models.bringing_in import Incoming, bring_in_many
from comments.screening import Outcome

STATUS = {Outcome.PUBLISH: "published", Outcome.HOLD: "pending", Outcome.REJECT: "rejected"}


class Readers:
    """To be mixed into the machine, which has a `site` and the `listener` of screening."""

    def submit(self):
        site = self.site
        by, article = site.one_of([*site.readers, *site.readers, site.author, site.desk[0]]), site.article()
        parent = None
        if site.chance(0.6):
            parent = site.comment(*(() if site.chance(0.1) else ("published",)), article=article.pk)
        body = site.text()
        if site.chance(0.1):
            return self._submit_by_page(by, article, parent, body)
        thread = Thread.of(article)
        if thread.is_closed:  # the page says so before it reads the form
            raise MayNotWrite(thread.notice)
        comment = self._form(by, article, parent, body, thread=thread).save()
        assert parent is None or site.known[parent.pk].status == "published"
        site.came(comment, body, STATUS[self.listener.verdict.outcome])
        return True

    def _form(self, by, article, parent, body, **more) -> CommentForm:
        site = self.site
        data = {"body": body, "parent": parent and parent.pk, "confirm": not site.chance(0.1)}
        if site.chance(0.5):
            data["acknowledge"] = Sanction.objects.in_force(by).values_list("pk", flat=True).first()
        form = CommentForm(data, article=article, author=by, **more)
        if not form.is_valid():
            raise ValidationError(form.errors.as_text())
        return form

    def _submit_by_page(self, by, article, parent, body):
        site = self.site
        data = {"body": body, "parent": parent.pk if parent else "", "confirm": "on"}
        answer = site.browser_of(by).post(f"/articles/{article.slug}/comments/", data)
        if answer.status_code in {403, 422, 429}:
            assert body in answer.content.decode()
            raise ValidationError("The page refuses it, and gives the text back.")
        assert answer.status_code == 303
        comment = Comment.objects.get(article=article, text__body=body)
        site.came(comment, body, STATUS[self.listener.verdict.outcome])
        return True

    def send_twice(self):
        """A double click: the comment that is there, and nothing new."""
        comment = self.site.comment("published", "pending", "rejected")
        just_now = timezone.now() - timedelta(minutes=14)
        if comment is None or comment.author_id is None or comment.posted_at < just_now:
            return False
        by, before = self.site.person(comment.author_id), self.fingerprint()
        data = {"body": self.site.known[comment.pk].body, "parent": comment.parent_id}
        form = CommentForm(data, article=comment.article, author=by)
        if not form.is_valid():
            raise ValidationError(form.errors.as_text())
        assert form.save() == comment
        assert self.fingerprint() == before
        return True

    def edit(self):
        site = self.site
        comment = site.comment("pending", "returned", "published") if site.chance(0.9) else site.comment()
        if site.chance(0.4):
            comment = site.comment("returned") or comment
        if comment is None or comment.author_id is None:
            return False
        known, body, stale = site.known[comment.pk], site.text(), site.chance(0.1)
        by = site.person(comment.author_id)
        data = {"body": body, "version": comment.version - stale, "confirm": not site.chance(0.1)}
        form = EditForm(data, comment=comment)
        if not form.is_valid():
            raise ValidationError(form.errors.as_text())
        form.save()
        assert not stale and known.status in {"pending", "returned", "published"}
        if known.status == "published" and self.listener.verdict.outcome:
            known.waiting = body
        else:
            known.body, known.waiting = body, None
        site.changed_by_author(comment.pk, "resubmit" if known.status == "returned" else "edit", by)
        known.status = "pending" if known.status == "returned" else known.status
        return True

    def withdraw(self):
        site = self.site
        comment = site.comment("pending", "returned", "published") if site.chance(0.9) else site.comment()
        if comment is None or comment.author_id is None:
            return False
        by, known, stale = site.person(comment.author_id), site.known[comment.pk], site.chance(0.1)
        comment.withdraw(by=by, version=comment.version - stale)
        assert not stale and known.status in {"pending", "returned", "published"}
        known.status, known.waiting = "withdrawn", None
        site.changed_by_author(comment.pk, "withdraw", by)
        return True

    def report(self):
        site = self.site
        comment = site.comment("published") if site.chance(0.9) else site.comment()
        if comment is None:
            return False
        reasons = [*Report.Reason.values, "abuse", "off_topic", "abuse", "spam"]
        by, reason = site.one_of([*site.readers, site.desk[1]]), site.one_of(reasons)
        note, notice = site.mark() if site.chance(0.4) else "", None
        if reason == "illegal":
            by = by if site.chance(0.5) else None
            said = {
                "explanation": site.mark(),
                "in_good_faith": True,
                "name": "Ann",
                "email": "ann@example.org",
            }
            notice = LegalNotice(**said)
        filed, is_new = Report.file(comment, reason=reason, by=by, note=note, notice=notice)
        assert site.known[comment.pk].status == "published"
        assert by is None or by.pk != comment.author_id
        if is_new:
            site.wrote("report", comment.pk, by and by.pk, reason)
            if notice:
                site.wrote("notice", filed.pk)
        return True

    def appeal(self):
        """By the author, or by who reported what was kept; sometimes by somebody who may not."""
        site = self.site
        unread = [
            each
            for each in site.made[-60:]
            if each.action in {"reject", "remove", "publish_redacted", "keep"} or site.chance(0.05)
        ]
        decision = site.one_of(
            each for each in unread if site.known[each.comment_id].decided[-1:] == [each.pk]
        )
        decision = decision if decision and site.chance(0.9) else site.one_of(unread)
        if site.chance(0.15):  # what a listed word refused
            refused = site.comment("rejected")
            decision = (refused and Decision.in_force(refused.pk)) or decision
        if decision is None:
            return False
        decision = Decision.objects.select_related("comment", "text").get(pk=decision.pk)
        reporters = list(decision.reports.exclude(reporter=None).values_list("reporter", flat=True))
        author = decision.comment.author_id
        by = site.one_of([*reporters, author]) if decision.action == "keep" else author
        by = site.person(by) if by and site.chance(0.9) else site.one_of(site.readers)
        appeal = Appeal.lodge(decision, by=by, text=site.mark())
        known = site.known[decision.comment_id]
        if appeal.is_of_author and known.status == "published":
            known.waiting = decision.text.body
        site.wrote("appeal", decision.pk, by.pk)
        return True

    def helpful(self):
        site = self.site
        comment, by = site.comment("published"), site.one_of([*site.readers, *site.desk])
        if site.chance(0.1):
            comment = site.comment()
        if comment is None:
            return False
        row = ("helpful", comment.pk, by.pk)
        is_set = Helpful.toggle(comment, by=by)
        assert is_set is not bool(site.ledger[row]) and site.known[comment.pk].status == "published"
        site.ledger[row] = int(is_set)
        return True

    def hide(self):
        site = self.site
        by, person = site.one_of(site.readers), site.one_of([*site.readers, site.author, site.desk[0]])
        row = ("hidden", by.pk, person.pk)
        if site.ledger[row]:
            Hidden.show(person, by=by)
        else:
            Hidden.hide(person, by=by)
            assert person in site.readers
        site.ledger[row] ^= 1
        return True

    def read_warning(self):
        warning = Sanction.objects.in_force().filter(kind="warn").order_by("pk").first()
        if warning is None:
            return False
        assert not warning.acknowledge(by=self.site.editor)  # it is not theirs
        return warning.acknowledge(by=warning.user)

    def bring_in(self):
        """Another system's comments, by nobody we know: one that waits, and an answer to something that is here."""
        site, article = self.site, self.site.article()
        parent = site.comment("published", article=article.pk)
        here = {"here": parent} if parent else {}
        said = [
            (f"one-{site.words}", "pending", ""),
            (f"two-{site.words}", "published", "here" if parent else ""),
            (f"three-{site.words}", "published", f"one-{site.words}"),
        ]
        bodies = {key: f"<p>{site.mark()} as imported.</p>" for key, _, _ in said}
        at = timezone.now() - timedelta(days=1) if parent is None else timezone.now()
        incoming = [
            Incoming(key, status, at, bodies[key], bodies[key], parent=above, author_name="Old Name")
            for key, status, above in said
        ]
        for key, comment in bring_in_many(article, incoming, here).items():
            site.came(comment, bodies[key], comment.status)
        return True
