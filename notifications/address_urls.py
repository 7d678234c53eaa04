"""URLs of the pages where somebody says where they are reached, each beside its views."""

from notifications.views import calendar, email, wechat

urlpatterns = [*email.urlpatterns, *wechat.urlpatterns, *calendar.urlpatterns]
