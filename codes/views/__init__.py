"""The public pages: each view looks something up, decides and renders."""

from .catalogue import category_detail, code_detail, code_list, group_detail, group_list, rule_set
from .errors import code_errors, error_list, product_errors
from .products import product_detail
from .search import completions, search, suggest

__all__ = [
    "category_detail",
    "code_detail",
    "code_errors",
    "code_list",
    "completions",
    "error_list",
    "group_detail",
    "group_list",
    "product_detail",
    "product_errors",
    "rule_set",
    "search",
    "suggest",
]
