"""Threads and what stands in them, what waits and why, and what was decided."""

from comments.models.comment import Comment, Mark, MovedMeanwhile, Status
from comments.models.correction import CorrectionRequest
from comments.models.credential import Credential, CredentialRequest, Profession
from comments.models.decision import Action, Case, Decision, Lane, Undecidable
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
    "CorrectionRequest",
    "Credential",
    "CredentialRequest",
    "Decision",
    "Lane",
    "ListedWord",
    "Mark",
    "MovedMeanwhile",
    "PolicyVersion",
    "Profession",
    "Remark",
    "Report",
    "Status",
    "Thread",
    "Undecidable",
]
