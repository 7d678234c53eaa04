"""The first page of everybody, and 我的待办 of those in office."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.access import roles_of
from workflows.queues import waiting_for, what_comes_next


@require_safe
def home(request):
    """Visitors to the public notices, residents to their points, people in office to what waits for them."""
    if not request.user.is_authenticated:
        return redirect("public_home")
    return redirect("my_points" if roles_of(request.user) == {"resident"} else "todo")


@login_required
@require_safe
def todo(request):
    """What waits for the reader now; when nothing does, when the next thing may come."""
    at = timezone.now()
    waiting = waiting_for(request.user, at=at)
    context = {"waiting": waiting, "next": "" if waiting else what_comes_next(request.user, at=at)}
    return render(request, "workflows/todo.html", context)


urlpatterns = [
    path("", home, name="home"),
    path("todo/", todo, name="todo"),
]
