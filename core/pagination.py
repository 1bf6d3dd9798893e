"""One page size and one way of turning pages, for lists of the API."""

from rest_framework.pagination import CursorPagination


class PublicPagination(CursorPagination):
    """Turn pages by cursor, newest first: constant cost at any depth, stable while rows are added."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
