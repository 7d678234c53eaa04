"""下载存证: a household takes away the proof that its line stands in the log."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from governance import receipt_file
from governance.receipt_file import NotToBeOpenedError
from governance.views.my import for_adult
from transparency.proofs import ProofError
from transparency.receipts import NotSignedYetError


@for_adult
def line(request, member, entry_key):
    """The receipt of one line of one's own household."""
    entry = (
        member.subject.entries.filter(key=entry_key).select_related("event__village", "event__body").first()
    )
    if entry is None:
        raise Http404
    return give(request, entry.event, entry)


def give(request, event, row) -> HttpResponse:
    """The receipt as a file; or a page that says why not and when."""
    try:
        text = receipt_file.make(event, row)
    except NotSignedYetError:
        return render(request, "governance/receipt.html", {"why": "unsigned"})
    except NotToBeOpenedError:
        return render(request, "governance/receipt.html", {"why": "closed"})
    except ProofError:
        return render(request, "governance/receipt.html", {"why": "broken"}, status=409)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = (
        f"attachment; filename=receipt.json; filename*=UTF-8''{quote('存证.json')}"
    )
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [path("my/lines/<uuid:entry_key>/receipt/", line, name="my_receipt")]
