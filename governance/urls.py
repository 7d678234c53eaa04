"""URLs of the governance layer."""

from django.urls import path

from governance.views.display import choose_village, display

urlpatterns = [
    path("display/", display, name="display"),
    path("village/<str:code>/", choose_village, name="choose-village"),
]
