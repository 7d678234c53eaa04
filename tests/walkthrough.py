"""Every page of the site, opened by everybody: its address, the browsers, and a note of what each request did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from config.permissions import Scope
from governance.models import User

_WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
_OF_THE_SESSION = {"django_session", "usersessions_usersession"}


@dataclass(frozen=True)
class Actor:
    """Somebody at a browser; `held` says who they are and what ties them to the things of the walk."""

    name: str
    client: Client
    held: Mapping[str, set[Scope]]


@dataclass(frozen=True)
class Visit:
    """What one request came to: the answer, and the tables it wrote to."""

    response: HttpResponse
    wrote: set[str]

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """The page; empty for a file."""
        is_page = self.response.get("Content-Type", "").startswith("text/html")
        return self.response.content.decode() if is_page else ""

    @property
    def goes_to(self) -> str:
        """Where a redirect leads; empty for anything else."""
        return self.response.get("Location", "") if self.status == 302 else ""


@dataclass
class Walk:
    """The people, and the address of every page. A page once read is remembered: nothing changes meanwhile."""

    actors: dict[str, Actor]
    addresses: dict[str, str]
    _read: dict[tuple[str, str], Visit] = field(default_factory=dict)

    def read(self, name: str, actor: Actor) -> Visit:
        """Open a page."""
        key = name, actor.name
        if key not in self._read:
            self._read[key] = visit(actor, self.addresses[name])
        return self._read[key]

    def act(self, name: str, actor: Actor) -> Visit:
        """Post an empty form."""
        return visit(actor, self.addresses[name], method="post", csrfmiddlewaretoken="-")


def browser(user: User | None) -> Client:
    """A browser, signed in unless a visitor's; a page that breaks answers 500 instead of raising."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def visit(actor: Actor, address: str, method: str = "get", **data) -> Visit:
    """One request whose effects are taken back."""
    with transaction.atomic(), _writes() as wrote:
        response = getattr(actor.client, method)(address, data)
        transaction.set_rollback(True)
    return Visit(response, wrote)


def patterns() -> dict[str, URLPattern]:
    """Every page of the site by the name of its address."""
    return {pattern.name: pattern for pattern in _below(get_resolver().url_patterns)}


def addresses(keys: Mapping[str, object], values: Mapping[str, object]) -> dict[str, str]:
    """The address of every page. `keys` gives its `key`, by name or by what its address begins with; `values`
    gives whatever else an address may contain."""
    found = {}
    for name, pattern in patterns().items():
        wanted = pattern.pattern.regex.groupindex
        begins = str(pattern.pattern).partition("/")[0]
        given = {"key": keys.get(name, keys.get(begins, "none")), **values}
        found[name] = reverse(name, kwargs={each: given[each] for each in wanted})
    return found


def _below(found) -> Iterator[URLPattern]:
    for each in found:
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from _below(each.url_patterns)


@contextmanager
def _writes() -> Iterator[set[str]]:
    """The tables written to meanwhile; not those of the session, nor what a refusal took back."""
    wrote, before = set(), {}

    def note(execute, sql, params, many, context):
        verb, _, savepoint = sql.partition("SAVEPOINT ")
        if verb == "":
            before[savepoint] = set(wrote)
        elif verb == "ROLLBACK TO ":
            wrote.intersection_update(before[savepoint])
        elif written := _WRITE.match(sql):
            wrote.update({written[1]} - _OF_THE_SESSION)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield wrote
