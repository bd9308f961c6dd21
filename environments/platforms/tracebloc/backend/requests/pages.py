"""Lists, a page at a time, at a cost that does not grow with the list: an index gives the page's first row, and no row before it is read.

An answer stays the plain list it was; the header `Link` says where the next page is. Source: RFC 8288; the parameters are our choice.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from environments.platforms.tracebloc.sabotages import BackendSabotage, is_on

LONGEST_PAGE = 100
_LARGEST_ID = 2**63 - 1


class Page:
    """What a caller wants to see of a list: `limit` entries of it, beginning behind the one that `after` names."""

    def __init__(
        self,
        request: Request,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
        after: Annotated[int | None, Query(ge=0, le=_LARGEST_ID)] = None,
    ) -> None:
        self._request = request
        self._response = response
        self.limit = limit
        self.after = after

    def of(self, session: Session, *ways: Select[int], oldest_first: bool = False) -> list[int]:
        """The page of the numbers that any of the selects finds, in order."""
        found: set[int] = set()
        for way in ways:
            (number,) = way.selected_columns
            if self.after is not None:
                before = (
                    self.after + (not oldest_first) - oldest_first if is_on(BackendSabotage.SECOND_PAGE_BEGINS_TOO_EARLY) else self.after
                )
                way = way.where(number > before if oldest_first else number < before)
            found.update(session.scalars(way.order_by(number if oldest_first else number.desc()).limit(self.limit + 1)))
        return self.cut(sorted(found, reverse=not oldest_first))

    def cut(self, numbers: Sequence[int]) -> list[int]:
        """As many as the page holds; of what is more, the answer says where it is."""
        shown = list(numbers[: self.limit])
        if len(numbers) > self.limit:
            self.goes_on_after(shown[-1])
        return shown

    def goes_on_after(self, number: int) -> None:
        """Say in the answer that the next page begins behind this one."""
        url = self._request.url.include_query_params(after=number, limit=self.limit)
        self._response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'


PageWanted = Annotated[Page, Depends(Page)]


def in_order(rows: Sequence[Any], numbers: Sequence[int]) -> list[Any]:
    """The rows in the order of their numbers."""
    place = {number: index for index, number in enumerate(numbers)}
    return sorted(rows, key=lambda row: place[row.id])
