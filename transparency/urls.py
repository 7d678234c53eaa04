"""Machine-readable pages of the logs, for everybody and their own tools (docs/trust.md)."""

from django.urls import path

from transparency import views

urlpatterns = [
    path("log/<slug:code>/key", views.key, name="log_key"),
    path("log/<slug:code>/checkpoint", views.checkpoint, name="log_checkpoint"),
    path("log/<slug:code>/checkpoints", views.checkpoints, name="log_checkpoints"),
    path("log/<slug:code>/checkpoints/<str:size>", views.checkpoint, name="log_checkpoint_at"),
    path("log/<slug:code>/consistency", views.consistency, name="log_consistency"),
    path("log/<slug:code>/leaves", views.leaves, name="log_leaves"),
    path("log/<slug:code>/proof/<str:seq>", views.proof, name="log_proof"),
    path("log/<slug:code>/epochs", views.epochs, name="log_epochs"),
    path("log/<slug:code>/cosign", views.cosign, name="log_cosign"),
]
