"""The public pages: each view looks something up, decides and renders."""

from .cards import card, site_card
from .catalogue import about, category_detail, code_detail, code_list, group_detail, group_list, rule_set
from .changes import changes, feed
from .code_lines import code_lines
from .convention import convention
from .diagnosis import diagnosis, diagnosis_patterns
from .errors import code_errors, error_list, product_errors
from .live_answers import live
from .products import product_detail
from .questions import question_detail, question_list
from .redirects import guessed_class, guessed_code
from .reports import report, report_thanks
from .search import completions, search, suggest
from .sheet import sheet
from .situations import code_situations, situation_detail, situation_list

__all__ = [
    "about",
    "card",
    "category_detail",
    "changes",
    "code_detail",
    "code_errors",
    "code_lines",
    "code_list",
    "code_situations",
    "completions",
    "convention",
    "diagnosis",
    "diagnosis_patterns",
    "error_list",
    "feed",
    "group_detail",
    "group_list",
    "guessed_class",
    "guessed_code",
    "live",
    "product_detail",
    "product_errors",
    "question_detail",
    "question_list",
    "report",
    "report_thanks",
    "rule_set",
    "search",
    "sheet",
    "site_card",
    "situation_detail",
    "situation_list",
    "suggest",
]
