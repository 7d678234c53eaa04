"""A file that somebody handed in, for who may see it: a photo within the page, a paper as a download."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from governance.uploads import path_of

BROWSER_CACHE_SECONDS = 300


def kept(row, *, is_photo: bool, name: str) -> HttpResponse:
    """Serve the file of a row (`stored_as`, `media_type`); who may see it, the caller has checked.

    404 for a file that was deleted with the data of its household.
    """
    if not path_of(row).exists():
        raise Http404
    headers = {"Cache-Control": f"private, max-age={BROWSER_CACHE_SECONDS}"}
    if not is_photo:
        headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    # Read whole, not streamed: a file is a few hundred KB, and no handle stays open with a slow phone.
    return HttpResponse(path_of(row).read_bytes(), content_type=row.media_type, headers=headers)
