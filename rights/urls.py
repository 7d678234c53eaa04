"""URLs of a household's rights over its data, each beside its views."""

from rights.views import desk, my, requests

urlpatterns = [*my.urlpatterns, *requests.urlpatterns, *desk.urlpatterns]
