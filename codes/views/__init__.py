"""The public pages: each view looks something up, decides and renders."""

from .catalogue import category_detail, code_detail, code_list, group_detail, group_list, rule_set
from .products import product_detail
from .search import completions, search, suggest

__all__ = [
    "category_detail",
    "code_detail",
    "code_list",
    "completions",
    "group_detail",
    "group_list",
    "product_detail",
    "rule_set",
    "search",
    "suggest",
]
