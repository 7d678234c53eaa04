"""下载存证: a household takes away the proof that its objection was filed, in its own words."""

from django.http import Http404
from django.urls import path

from governance.events import last
from governance.views.my import for_adult
from governance.views.receipts import give


@for_adult
def case(request, member, key):
    """The receipt of one's own objection as it was filed."""
    row = member.subject.objections.filter(key=key).first()
    event = row and last(row, "objection.filed")
    if event is None:
        raise Http404
    filed = row.history.filter(history_type="+").first()
    return give(request, event, filed.instance if filed else row)


urlpatterns = [path("objections/<uuid:key>/receipt/", case, name="my_case_receipt")]
