"""All URLs; included by string so that imports keep going down only."""

from django.urls import include, path

handler500 = "governance.views.errors.server_error"
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("transparency.urls")),
    path("", include("governance.urls")),
    path("", include("workflows.urls")),
    path("", include("appeals.urls")),
    path("", include("oversight.urls")),
    path("", include("rights.urls")),
    path("", include("operations.urls")),
    path("", include("notifications.urls")),
    path("", include("notifications.address_urls")),
]
