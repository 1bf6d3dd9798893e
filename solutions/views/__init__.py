"""Pages of the catalogue: a list for each kind, one page for each entry, and the link that confirms one."""

from solutions.views.collections import collection_list, collection_page
from solutions.views.confirming import entry_reconfirm
from solutions.views.entries import entry_detail
from solutions.views.lists import entry_list
from solutions.views.translations import translation_edit, translation_list

__all__ = [
    "collection_list",
    "collection_page",
    "entry_detail",
    "entry_list",
    "entry_reconfirm",
    "translation_edit",
    "translation_list",
]
