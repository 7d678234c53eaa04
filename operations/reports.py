"""Errors reported to Sentry, where SENTRY_DSN says so: which kind, where in the code, in which request. Nothing else leaves.

The report is built anew from what is on the list below, not cleaned of what is not: what a later SDK adds stays here.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from governance.requests import current_request_id
from operations.logs.tasks import current_task

KEPT = (
    "event_id",
    "timestamp",
    "level",
    "platform",
    "environment",
    "release",
    "sdk",
    "server_name",
    "transaction",
)
# `told` lets none of it through; this saves collecting it.
NOTHING = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}, "response": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
    "frame_context_lines": 0,
}
FRAME = ("filename", "abs_path", "module", "function", "lineno", "in_app")


def begin(dsn: str, environment: str, **more) -> None:
    """Report from now on. `more` goes to sentry_sdk.init. Raises ImproperlyConfigured where the SDK is missing."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.django import DjangoIntegration
    except ImportError as error:
        raise ImproperlyConfigured(
            "设了SENTRY_DSN，可是没有装sentry-sdk：pip install sentry-sdk。"
        ) from error

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        data_collection=NOTHING,
        max_breadcrumbs=0,
        traces_sample_rate=0,
        integrations=[DjangoIntegration(transaction_style="function_name", middleware_spans=False)],
        before_send=told,
        **more,
    )


def told(event: dict, hint: dict) -> dict:
    """What leaves of one error: kinds and places, the request's id and the task's name."""
    report = {name: event[name] for name in KEPT if name in event}
    report["exception"] = {"values": [_kind(each) for each in _values(event.get("exception"))]}
    report["tags"] = {"request": current_request_id(), **current_task()}
    if "logger" in event and not report["exception"]["values"]:
        report["message"] = f"log: {event['logger']}"
    return report


def _kind(error: dict) -> dict:
    frames = _frames(error.get("stacktrace"))
    kept = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    return {"type": error.get("type"), "module": error.get("module"), "stacktrace": {"frames": kept}}


def _values(found) -> list[dict]:
    return found.get("values", []) if isinstance(found, dict) else found or []


def _frames(trace) -> list[dict]:
    return (trace or {}).get("frames") or []
