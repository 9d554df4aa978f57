"""Threads and what stands in them, what waits and why, and what was decided."""

from comments.models.bounce import Bounce
from comments.models.comment import Comment, Mark, MovedMeanwhile, Status
from comments.models.decision import Action, Case, Decision, Lane, Undecidable
from comments.models.notice import Digest, Notice
from comments.models.policy import CannedReply, Clause, ListedWord, PolicyVersion
from comments.models.preference import Preference
from comments.models.report import APPEAL_LENGTH, Appeal, Report
from comments.models.text import CommentText, Remark
from comments.models.thread import Thread

__all__ = [
    "APPEAL_LENGTH",
    "Action",
    "Appeal",
    "Bounce",
    "CannedReply",
    "Case",
    "Clause",
    "Comment",
    "CommentText",
    "Decision",
    "Digest",
    "Lane",
    "ListedWord",
    "Mark",
    "MovedMeanwhile",
    "Notice",
    "PolicyVersion",
    "Preference",
    "Remark",
    "Report",
    "Status",
    "Thread",
    "Undecidable",
]
