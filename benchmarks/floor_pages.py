"""The one page of the floor (benchmarks.floor): ten links of the reader; posting saves one of them."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from governance.models import Link


@login_required
def page(request):
    """Ten rows by one indexed query."""
    return render(request, "floor.html", {"rows": Link.objects.filter(rater=request.user)[:10]})


@login_required
def act(request, key):
    """Save one row with its history row."""
    get_object_or_404(Link, key=key, rater=request.user).save()
    return redirect("floor")


urlpatterns = [path("", page, name="floor"), path("links/<uuid:key>/", act, name="act")]
