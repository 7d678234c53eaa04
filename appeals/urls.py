"""URLs of objections and the desk."""

from django.urls import path

from appeals import correction_urls, repair_urls, views
from appeals.workbench.urls import urlpatterns as workbench

urlpatterns = [
    *correction_urls.urlpatterns,
    *workbench,
    path("objections/new/<uuid:entry_key>/", views.file, name="objection_file"),
    path("objections/<uuid:key>/", views.case, name="objection"),
    path("objections/<uuid:key>/withdraw/", views.withdraw, name="objection_withdraw"),
    path("villages/<str:code>/desk/", views.desk, name="desk"),
    path("villages/<str:code>/desk/<uuid:subject_key>/", views.desk_file, name="desk_file"),
    *repair_urls.urlpatterns,
]
