"""What a decision says to reports and appeals: which wait, how they are answered, and who hears of it."""

from comments import jobs
from comments.models.decision import Decision
from comments.models.notice import Notice
from comments.models.report import Appeal, Report


def open_appeals(cases) -> dict[int, list[Appeal]]:
    """The open appeals of each comment that waits because of one."""
    waiting = [pk for pk, case in cases.items() if "appeal" in case.kinds]
    if not waiting:
        return {}
    appeals = Appeal.objects.filter(decision__comment__in=waiting, answered_by__isnull=True)
    found: dict[int, list[Appeal]] = {}
    for each in appeals.select_related("decision").order_by("pk"):
        found.setdefault(each.decision.comment_id, []).append(each)
    return found


def noticed(cases) -> set[int]:
    """The comments about which an unanswered notice says that they are illegal."""
    reported = [pk for pk, case in cases.items() if "report" in case.kinds]
    if not reported:
        return set()
    notices = Report.objects.filter(comment__in=reported, reason=Report.Reason.ILLEGAL, answered_by=None)
    return set(notices.values_list("comment_id", flat=True))


def answer(act, decisions: dict[int, Decision], closing) -> list[Notice]:
    """The reports and appeals that the closed cases were about, answered by what was decided; who sent them is told.

    `act` is the deciding.Act, `decisions` are by comment. In its transaction. Returns what is to be given to who reported
    and to who appealed.
    """
    reported = [case.pk for case in closing if "report" in case.kinds]
    appealed = [case.pk for case in closing if "appeal" in case.kinds]
    reports = Report.objects.filter(comment__in=reported, answered_by=None) if reported else []
    appeals = Appeal.objects.filter(decision__comment__in=appealed, answered_by=None) if appealed else []
    reports, appeals = list(reports), list(appeals.select_related("decision__comment") if appealed else [])
    for report in reports:
        report.answered_by = decisions[report.comment_id]
        # That its author took it back says nothing about who reported it.
        report.was_right = report.answered_by.agrees_with_reports if act.is_of_staff else None
    for appeal in appeals:
        appeal.answered_by = decisions[appeal.decision.comment_id]
        appeal.was_granted = appeal.is_granted_by(appeal.answered_by)
    if reports:
        Report.objects.bulk_update(reports, ["answered_by", "was_right"])
    if appeals:
        Appeal.objects.bulk_update(appeals, ["answered_by", "was_granted"])
    granted = [each.decision_id for each in appeals if each.was_granted]
    if granted and act.is_of_staff:
        # An appeal is answered in one way for all: by keeping the decision, or by what reverses it.
        Report.judge_anew(granted, was_right=appeals[0].answered_by.agrees_with_reports)
    told = [(report, report.answered_by) for report in reports]
    if act.is_of_staff:  # whoever takes their own comment back reverses nothing
        told += _reversed(appeals)
        told += _put_back(decisions, but={report.pk for report, _ in told})
    if act.at is None:  # who has no login gets a letter
        jobs.tell_reporters([(each.pk, decision.pk) for each, decision in told if each.reporter_id is None])
    # An author is told of the decision, and reads there what came of their appeal.
    untold = [each for each in appeals if not (each.is_of_author and is_told(each.answered_by))]
    return [*Notice.to_reporters(told), *Notice.to_appellants(untold)]


def _reversed(appeals) -> list[tuple[Report, Decision]]:
    """On appeal it is back, or gone after all: the reports that what is reversed now had answered, each with what reverses it.

    Not those of whoever appealed, who are told of their appeal.
    """
    granted = {
        each.decision_id: each.answered_by
        for each in appeals
        if each.was_granted and each.is_of_author == each.decision.agrees_with_reports
    }
    appealed = {(each.decision_id, each.by_id) for each in appeals}
    earlier = Report.objects.filter(answered_by__in=granted) if granted else []
    return [
        (report, granted[report.answered_by_id])
        for report in earlier
        if (report.answered_by_id, report.reporter_id) not in appealed
    ]


def _put_back(decisions: dict[int, Decision], but: set[int]) -> list[tuple[Report, Decision]]:
    """It is back without an appeal: the reports that were told last that it is gone, each with what brought it back."""
    back = {pk: each for pk, each in decisions.items() if each.puts_back}
    earlier = Report.told_that_gone(back.values()).exclude(pk__in=but) if back else []
    return [(report, back[report.comment_id]) for report in earlier]


def is_told(decision: Decision) -> bool:
    """Whether the author is written to: not by their own hand, and not where nothing was decided for them."""
    author = decision.comment.author_id
    return bool(author and author != decision.by_id and not decision.leaves_as_is)
