"""URLs of the governance layer."""

urlpatterns = []
