"""Threads and what stands in them, what waits and why, and what was decided."""

from comments.models.comment import Comment, Mark, MovedMeanwhile, Status
from comments.models.decision import Action, Case, Decision, Lane, Undecidable
from comments.models.help_line import HelpLine
from comments.models.helpful import Helpful
from comments.models.hidden import Hidden
from comments.models.notice import LegalNotice
from comments.models.policy import CannedReply, Clause, ListedWord, PolicyVersion
from comments.models.report import APPEAL_LENGTH, Appeal, Report
from comments.models.text import CommentText, Remark
from comments.models.thread import Thread

__all__ = [
    "APPEAL_LENGTH",
    "Action",
    "Appeal",
    "CannedReply",
    "Case",
    "Clause",
    "Comment",
    "CommentText",
    "Decision",
    "HelpLine",
    "Helpful",
    "Hidden",
    "Lane",
    "LegalNotice",
    "ListedWord",
    "Mark",
    "MovedMeanwhile",
    "PolicyVersion",
    "Remark",
    "Report",
    "Status",
    "Thread",
    "Undecidable",
]
