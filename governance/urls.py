"""URLs of the governance layer."""

from django.urls import path

from governance.views import (
    bind,
    consent,
    imports,
    kinships,
    links,
    members,
    my,
    people,
    policy,
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
    *consent.urlpatterns,
    *bind.urlpatterns,
    *kinships.urlpatterns,
    *imports.urlpatterns,
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
