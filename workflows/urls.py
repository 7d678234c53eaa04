"""URLs of the month and the quarter."""

urlpatterns = []
