"""URLs of corrections in bulk."""

from django.urls import path

from appeals import correction_views as views

urlpatterns = [
    path("villages/<str:code>/corrections/", views.listing, name="corrections"),
    path("villages/<str:code>/corrections/new/", views.propose, name="correction_new"),
    path("corrections/<uuid:key>/", views.correction, name="correction"),
    path("corrections/<uuid:key>/sign/", views.sign, name="correction_sign"),
    path("corrections/<uuid:key>/drop/", views.drop, name="correction_drop"),
    path("corrections/<uuid:key>/export/", views.export, name="correction_export"),
]
