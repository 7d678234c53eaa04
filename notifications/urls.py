"""URLs of notifications, each beside its views."""

from notifications.views import figures, handouts, how, inbox, samples

urlpatterns = [
    *inbox.urlpatterns,
    *how.urlpatterns,
    *samples.urlpatterns,
    *handouts.urlpatterns,
    *figures.urlpatterns,
]
