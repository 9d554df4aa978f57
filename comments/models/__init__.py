"""Threads and what stands in them, what waits and why, and what was decided."""

from comments.models.bounce import Bounce
from comments.models.case import Case, Lane
from comments.models.comment import Comment, Status
from comments.models.correction import CorrectionRequest
from comments.models.credential import Credential, CredentialRequest, Profession
from comments.models.decision import Action, Decision, Undecidable
from comments.models.duty import Away, CrisisAlert, Duty, DutyChange
from comments.models.help_line import HelpLine
from comments.models.helpful import Helpful
from comments.models.hidden import Hidden
from comments.models.legal_notice import LegalNotice
from comments.models.mark import Mark
from comments.models.meanwhile import MovedMeanwhile
from comments.models.notice import Digest, Notice
from comments.models.numbers import DayTally, SecondReading
from comments.models.people import NotYours, PersonNote
from comments.models.pick import Pick
from comments.models.policy import Clause, PolicyVersion
from comments.models.preference import Preference
from comments.models.proposals import ChangedMeanwhile, Proposal
from comments.models.replies import CannedReply, ReplyChange
from comments.models.report import APPEAL_LENGTH, Appeal, Report
from comments.models.sanction import Sanction
from comments.models.sanction_appeal import SanctionAppeal
from comments.models.standing import Standing
from comments.models.switch import Overtaken, SiteMode, Switch
from comments.models.text import CommentText, Remark
from comments.models.thread import Thread
from comments.models.words import ListedWord, WordChange

__all__ = [
    "Away",
    "APPEAL_LENGTH",
    "Action",
    "Appeal",
    "Bounce",
    "CannedReply",
    "Case",
    "ChangedMeanwhile",
    "Clause",
    "Comment",
    "CommentText",
    "CrisisAlert",
    "CorrectionRequest",
    "Credential",
    "CredentialRequest",
    "DayTally",
    "Decision",
    "Duty",
    "DutyChange",
    "Digest",
    "HelpLine",
    "Helpful",
    "Hidden",
    "Lane",
    "LegalNotice",
    "ListedWord",
    "Mark",
    "MovedMeanwhile",
    "NotYours",
    "Overtaken",
    "PersonNote",
    "Pick",
    "PolicyVersion",
    "Proposal",
    "Profession",
    "Notice",
    "Preference",
    "Remark",
    "Report",
    "ReplyChange",
    "Sanction",
    "SanctionAppeal",
    "SiteMode",
    "Standing",
    "SecondReading",
    "Status",
    "Switch",
    "Thread",
    "Undecidable",
    "WordChange",
]
