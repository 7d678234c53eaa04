"""URLs of supervision, each beside its views."""

from oversight.asof import views as asof
from oversight.changes import views as changes
from oversight.replays import views as replays
from oversight.stuck import views as stuck
from oversight.watch import finding_views as findings
from oversight.watch import views as watch
from oversight.whatif import views as whatif

urlpatterns = [
    *changes.urlpatterns,
    *asof.urlpatterns,
    *replays.urlpatterns,
    *whatif.urlpatterns,
    *watch.urlpatterns,
    *findings.urlpatterns,
    *stuck.urlpatterns,
]
