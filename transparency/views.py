"""Thin: each page reads a log's public data and gives it out as text for other programs. No accounts, no names."""

from __future__ import annotations

import json
from base64 import b64encode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from transparency import cosigning, receipts, signing, tiles, verify
from transparency.checkpoints import number
from transparency.models import Checkpoint, Log
from transparency.notes import NoteError
from transparency.proofs import ProofError

_TEXT = "text/plain; charset=utf-8"
MOST_LEAVES = 10_000


@require_safe
def key(request: HttpRequest, code: str) -> HttpResponse:
    """Public keys under the log's present name, one a line, then those of registered witnesses."""
    keys = [verifier.vkey for verifier in signing.verifiers(_log(code).origin)]
    return _lines([*keys, *settings.LOG_WITNESSES])


@require_safe
@never_cache
def checkpoint(request: HttpRequest, code: str, size: str = "") -> HttpResponse:
    """The checkpoint signed last, or that of one size, with all cosignatures; `epoch` for an earlier epoch."""
    epoch = _number(request, "epoch", _log(code).epoch)
    found = receipts.at_size(code, _parsed(size), epoch) if size else receipts.newest(code, epoch)
    if found is None:
        raise Http404("not signed yet")
    return HttpResponse(receipts.signed(found), content_type=_TEXT)


@require_safe
@never_cache
def checkpoints(request: HttpRequest, code: str) -> HttpResponse:
    """All that was signed: epoch, size, root in hexadecimal, time, and how many witnesses, a line each."""
    _log(code)
    rows = Checkpoint.objects.filter(village=code).prefetch_related("cosignatures").order_by("epoch", "size")
    return _lines(
        f"{row.epoch} {row.size} {row.root} {timezone.localtime(row.signed_at).isoformat(timespec='seconds')} "
        f"{len(row.cosignatures.all())}"
        for row in rows
    )


@require_safe
@never_cache
def consistency(request: HttpRequest, code: str) -> HttpResponse:
    """Hashes that prove that the log's first `to` signed leaves begin with its first `from`, base64, one a line."""
    _log(code)
    size = receipts.signed_size(code)
    old, new = _number(request, "from", 0), _number(request, "to", size)
    if not 0 <= old <= new <= size:
        return HttpResponseBadRequest(f"0 <= from <= to <= {size}\n", content_type=_TEXT)
    try:
        return _lines(b64encode(digest).decode() for digest in tiles.consistency(code, old, new))
    except ProofError as error:  # a leaf is missing
        return HttpResponse(f"{error}\n", status=409, content_type=_TEXT)


@require_safe
@never_cache
def leaves(request: HttpRequest, code: str) -> StreamingHttpResponse | HttpResponse:
    """Public bytes of the leaves from `from` up to, not including, `to`, one a line; at most 10,000 at once.

    Only what is signed: in a small village a leaf that shows at once tells the minute of somebody's objection.
    """
    _log(code)
    first, size = _number(request, "from", 0), receipts.signed_size(code)
    end = min(_number(request, "to", size), size, first + MOST_LEAVES)
    return StreamingHttpResponse(
        (data + b"\n" for _, data in verify.leaves(code, first, end)), content_type=_TEXT
    )


@require_safe
@never_cache
def proof(request: HttpRequest, code: str, seq: str) -> HttpResponse:
    """The receipt of one leaf, C2SP tlog-proof; `size` for the checkpoint of that size."""
    _log(code)
    try:
        text = receipts.proof_for(code, _parsed(seq), _number(request, "size", None))
    except receipts.NotSignedYetError as error:
        raise Http404(str(error)) from error
    except (ProofError, NoteError) as error:
        return HttpResponse(f"{error}\n", status=409, content_type=_TEXT)
    return HttpResponse(text, content_type=_TEXT)


@require_safe
@never_cache
def epochs(request: HttpRequest, code: str) -> HttpResponse:
    """The log's epochs as JSON, one a line: what opens the first leaf of each, and the checkpoint it names."""
    _log(code)
    return _lines(json.dumps(epoch, ensure_ascii=False) for epoch in receipts.epochs(code))


@csrf_exempt  # no session and no account: the signature is what counts
@require_POST
def cosign(request: HttpRequest, code: str) -> HttpResponse:
    """Take a registered witness's signature line of one of the log's checkpoints (`size`, `epoch`, `line`)."""
    log = _log(code)
    try:
        size = number(request.POST.get("size", ""))
        epoch = number(request.POST.get("epoch", str(log.epoch)))
        cosigning.accept(code, epoch, size, request.POST.get("line", ""))
    except NoteError as error:
        return HttpResponse(f"{error}\n", status=422, content_type=_TEXT)
    return HttpResponse("kept\n", content_type=_TEXT)


def _log(code: str) -> Log:
    found = Log.objects.filter(village=code).first()
    if found is None:
        raise Http404("no such log")
    return found


def _number(request: HttpRequest, name: str, default: int | None) -> int | None:
    return _parsed(request.GET[name]) if name in request.GET else default


def _parsed(text: str) -> int:
    try:
        return number(text)
    except NoteError as error:
        raise Http404(str(error)) from error


def _lines(lines) -> HttpResponse:
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type=_TEXT)
