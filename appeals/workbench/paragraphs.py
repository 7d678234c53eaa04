"""常用理由: a township's standard paragraphs for the grounds of decisions, kept by those who decide."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from appeals.models import Objection, Paragraph
from appeals.sight import READERS
from appeals.workbench.forms import long_words
from governance.access import appointments
from governance.forms.common import line
from governance.models import Division
from governance.refusals import Refused

Outcome = Objection.Outcome
FOR = [("", "都能用"), *((one.value, one.label) for one in Outcome if one != Outcome.LAPSED)]


class ParagraphForm(forms.ModelForm):
    """A title of few words and the paragraph itself."""

    title = line("标题", missing="请起个短标题，好找。", longest=40)
    text = long_words("这段话", longest=500, missing="请写这段话。", rows=4)
    outcome = forms.ChoiceField(label="用在", choices=FOR, required=False)

    class Meta:
        model = Paragraph
        fields = ("title", "text", "outcome")

    def clean_title(self):
        """One title, one paragraph."""
        title = self.cleaned_data["title"]
        same = Paragraph.objects.filter(division=self.instance.division, title=title)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("已经有一段叫这个标题了，换一个。")
        return title


def of(village: Division) -> list[Paragraph]:
    """The paragraphs that may be used for a case of a village: its township's and its county's."""
    places = [village.code[:9] + "000", village.code[:6] + "000000"]
    return list(Paragraph.objects.filter(division__code__in=places))


def text_of(key: str) -> str:
    """The words of a paragraph; empty for what is no key of one."""
    try:
        found = Paragraph.objects.filter(key=UUID(key)).first()
    except ValueError:
        found = None
    return found.text if found else ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paragraphs(request):
    """All paragraphs of the reader's township, and a form for one more."""
    division = _division(request)
    return _page(request, Paragraph(division=division, made_by=request.user, made_at=timezone.now()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, key):
    """Change one."""
    return _page(request, get_object_or_404(Paragraph, division=_division(request), key=key))


@login_required
@require_POST
def drop(request, key):
    """Take one away; decisions keep the words they were made with."""
    row = get_object_or_404(Paragraph, division=_division(request), key=key)
    row.delete()
    messages.success(request, f"“{row.title}”删了。以前用过它的决定不变。")
    return redirect("paragraphs")


def _page(request, row: Paragraph):
    form = ParagraphForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_valid():
        form.save()
        messages.success(request, f"“{row.title}”存好了。")
        return redirect("paragraphs")
    context = {"form": form, "row": row if row.pk else None, "division": row.division}
    context["rows"] = Paragraph.objects.filter(division=row.division)
    return render(request, "appeals/paragraphs.html", context, status=422 if form.errors else 200)


def _division(request) -> Division:
    """Where the reader decides cases; Refused for who does not."""
    for appointment in appointments(request.user, at=timezone.now()):
        if appointment.role in READERS:
            return appointment.division
    raise Refused("常用的理由由镇里办异议的人来写，您现在没有这个职务。")


urlpatterns = [
    path("paragraphs/", paragraphs, name="paragraphs"),
    path("paragraphs/<uuid:key>/", edit, name="paragraph_edit"),
    path("paragraphs/<uuid:key>/drop/", drop, name="paragraph_drop"),
]
