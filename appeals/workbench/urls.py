"""URLs of the officer's pages, each beside its views."""

from appeals.workbench import case, decide, inquiry, letter, paragraphs, queue

urlpatterns = [
    *queue.urlpatterns,
    *case.urlpatterns,
    *decide.urlpatterns,
    *letter.urlpatterns,
    *inquiry.urlpatterns,
    *paragraphs.urlpatterns,
]
