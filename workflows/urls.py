"""URLs of the month and the quarter, each beside its views."""

from workflows.views import (
    amendments,
    areas,
    facts,
    guard,
    log,
    notices,
    reviews,
    rounds,
    second,
    settlements,
    sheets,
    signing,
    todo,
)

urlpatterns = [
    *todo.urlpatterns,
    *sheets.urlpatterns,
    *facts.urlpatterns,
    *second.urlpatterns,
    *areas.urlpatterns,
    *reviews.urlpatterns,
    *signing.urlpatterns,
    *rounds.urlpatterns,
    *settlements.urlpatterns,
    *amendments.urlpatterns,
    *notices.urlpatterns,
    *log.urlpatterns,
    *guard.urlpatterns,
]
