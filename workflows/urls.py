"""URLs of the month and the quarter, each beside its views."""

from workflows.views import (
    amendments,
    areas,
    facts,
    guard,
    notices,
    reviews,
    rounds,
    settlements,
    sheets,
    signing,
    todo,
)

urlpatterns = [
    *todo.urlpatterns,
    *sheets.urlpatterns,
    *facts.urlpatterns,
    *areas.urlpatterns,
    *reviews.urlpatterns,
    *signing.urlpatterns,
    *rounds.urlpatterns,
    *settlements.urlpatterns,
    *amendments.urlpatterns,
    *notices.urlpatterns,
    *guard.urlpatterns,
]
