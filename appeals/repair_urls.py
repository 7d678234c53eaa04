"""URLs of repairs and of what is handed in for a case."""

from django.urls import path

from appeals import repair_views as views

urlpatterns = [
    path("repairs/new/<uuid:entry_key>/", views.file, name="repair_file"),
    path("repairs/<uuid:key>/", views.repair, name="repair"),
    path("repairs/<uuid:key>/show/", views.show, name="repair_show"),
    path("repairs/<uuid:key>/hand-in/", views.hand_in, name="repair_hand_in"),
    path("repairs/<uuid:key>/withdraw/", views.withdraw, name="repair_withdraw"),
    path("repairs/<uuid:key>/verify/", views.verify, name="repair_verify"),
    path("repairs/<uuid:key>/vote/", views.vote, name="repair_vote"),
    path("repairs/<uuid:key>/revoke/", views.revoke, name="repair_revoke"),
    path("villages/<str:code>/repairs/", views.listed, name="repairs"),
    path("exhibits/<uuid:key>/", views.exhibit, name="exhibit"),
]
