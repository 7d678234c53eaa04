"""URLs of the governance layer."""

from django.urls import path

from governance.views import (
    bind,
    consent,
    imports,
    jobs,
    kinships,
    links,
    members,
    my,
    people,
    policy,
    receipts,
    roster,
    rulebooks,
    rules,
    subjects,
    succession,
    village,
)
from governance.views.display import choose_village, display

urlpatterns = [
    path("display/", display, name="display"),
    path("village/<str:code>/", choose_village, name="choose-village"),
    *my.urlpatterns,
    *receipts.urlpatterns,
    *consent.urlpatterns,
    *bind.urlpatterns,
    *kinships.urlpatterns,
    *imports.urlpatterns,
    *jobs.urlpatterns,
    *roster.urlpatterns,
    *subjects.urlpatterns,
    *succession.urlpatterns,
    *members.urlpatterns,
    *rulebooks.urlpatterns,
    *rules.urlpatterns,
    *people.urlpatterns,
    *links.urlpatterns,
    *village.urlpatterns,
    *policy.urlpatterns,
]
