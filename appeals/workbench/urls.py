"""URLs of the officer's pages, each beside its views."""

from appeals.workbench import absences, alarms, case, decide, inquiry, letter, paragraphs, queue, statistics

urlpatterns = [
    *queue.urlpatterns,
    *alarms.urlpatterns,
    *statistics.urlpatterns,
    *case.urlpatterns,
    *decide.urlpatterns,
    *letter.urlpatterns,
    *inquiry.urlpatterns,
    *absences.urlpatterns,
    *paragraphs.urlpatterns,
]
