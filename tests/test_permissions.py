"""Every page, opened and posted to by everybody: config/permissions.py says what must happen, nothing else does."""

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import transaction
from django.urls import reverse

from config.menu import ITEMS
from config.permissions import ACCOUNT, ALLAUTH, RULES, TABLE, VISITOR, is_granted
from governance.models import Member, Subject
from tests import all_steps
from tests.walkthrough import patterns, visit

pytestmark = pytest.mark.django_db
REFUSED = {403, 404, 405}
DONE = {200, 302, 409, 422}
THEIRS = [name for pages in ALLAUTH for name in pages.names]
OURS = [name for name in RULES if name not in THEIRS]
READ = [name for name in OURS if RULES[name].reads]
# Acts for which an empty form is too little, even from those who may.
NEEDS_MORE = {"bind_phone": "a verified phone that is in the roster", "sheet_undo": "a household"}
LOOKS = {"governance_reading", "workflows_viewed"}
STANDINGS = ("示范户", "达标户", "待提升户")
# Where a score or a colour is shown, to the household itself or to who signs it.
SCORES = {"my_points", "my_line", "settlement", "settlement_card", "correction", "amendment"}
# Where a colour is only a word: the question whether an honour may be made public, counts of a notice, or what
# an outcome would change for who decides.
WORDS = {"my_consent", "my_consent_sign", "consent_paper", "settlement_publish", "case_decide"}
# The pages of a household that who has not agreed is led to consent from.
ADULTS_ONLY = {"my_points", "my_line", "my_why", "my_receipt", "my_case_receipt", "my_readings", "my_cases"}
LOOKED_INTO = {
    "subject": "文书",
    "desk_file": "代办员",
    "objection": "文书",
    "correction": "镇异议专员",
    "amendment": "委员",
    "repair": "文书",
    "repair_verify": "本片组长",
    "repair_vote": "理事",
    "settlement_card": "委员",
    "case": "镇异议专员",
    "case_letter": "文书",
    "handouts_print": "文书",
}
LISTS = {
    "changes": "县镇监督",
    "cases": "镇异议专员",
    "roster": "文书",
    "asof_roster": "县镇监督",
    "replays": "县镇监督",
    "links": "文书",
    "desk": "代办员",
    "settlement": "委员",
    "review": "理事",
    "area": "本片组长",
}


@pytest.fixture(scope="module")
def village(django_db_setup, django_db_blocker, tmp_path_factory):
    """One village for all tests of this module; each request is taken back."""
    kept, django_settings.MEDIA_ROOT = django_settings.MEDIA_ROOT, tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), time_machine.travel(all_steps.LATER, tick=False), transaction.atomic():
        yield all_steps.build()
        transaction.set_rollback(True)
    django_settings.MEDIA_ROOT = kept


@pytest.fixture(autouse=True)
def _uploads(village):
    """Those of the one village stay."""


@pytest.fixture(scope="module")
def walk(village):
    """Everybody with a browser, and the address of every page."""
    return village.walk()


@pytest.fixture
def everybody(walk):
    """Everybody; of a page that knows a method from nobody, two are enough: the method is asked before the person."""
    few = [walk.actors["没登录的人"], walk.actors["文书"]]
    return lambda grant: list(walk.actors.values()) if grant else few


def test_every_page_has_its_line_in_the_table_and_only_one():
    named = [name for pages in TABLE for name in pages.names]
    assert sorted(named) == sorted(patterns())


@pytest.mark.parametrize("name", OURS)
def test_a_page_opens_for_those_named_and_for_nobody_else(walk, everybody, name):
    for actor in everybody(RULES[name].reads):
        seen = walk.read(name, actor)
        came = actor.name, seen.status, seen.goes_to, seen.wrote
        if is_granted(RULES[name].reads, actor.held):
            assert seen.status in {200, 302}, came
            assert not _turned_away(name, seen), came
            assert seen.wrote <= LOOKS, came
        else:
            assert seen.status in REFUSED or _turned_away(name, seen), came
            assert not seen.wrote, came


@pytest.mark.parametrize("name", OURS)
def test_an_act_is_taken_from_those_named_and_changes_nothing_for_anybody_else(walk, everybody, name):
    for actor in everybody(RULES[name].acts):
        done = walk.act(name, actor)
        came = actor.name, done.status, done.goes_to, done.wrote
        if not is_granted(RULES[name].acts, actor.held):
            assert done.status in REFUSED or _turned_away(name, done), came
            assert not done.wrote, came
        elif name not in NEEDS_MORE:
            assert done.status in DONE, came
            assert not _turned_away(name, done), came


@pytest.mark.parametrize("name", THEIRS)
def test_the_pages_of_an_account_ask_for_it(walk, name):
    needs_account = not is_granted(RULES[name].reads, {VISITOR: set()})
    seen = walk.read(name, walk.actors["没登录的人"])
    assert not needs_account or seen.status in REFUSED or _turned_away(name, seen)
    assert max(seen.status, walk.read(name, walk.actors["没有职务的人"]).status) < 500


@pytest.mark.parametrize("name", READ)
def test_nobody_but_its_signers_reads_a_score_and_nobody_else_s_colour_is_shown(walk, name):
    for actor in walk.actors.values():
        html = walk.read(name, actor).html
        assert all_steps.WANG_TOTAL not in html or (name in SCORES and actor.name == "委员"), actor.name
        if name not in SCORES | WORDS:
            assert [word for word in STANDINGS if word in html] == [], actor.name


def test_the_score_that_is_looked_for_is_the_one_its_signers_read(walk):
    assert all_steps.WANG_TOTAL in walk.read("settlement_card", walk.actors["委员"]).html


@pytest.mark.parametrize("name", [name for name in READ if VISITOR in RULES[name].reads])
def test_a_page_for_everybody_names_no_household(walk, name):
    names = [row.name for model in (Subject, Member) for row in model.objects.all()]
    html = walk.read(name, walk.actors["没登录的人"]).html
    assert len(names) > 15
    assert [each for each in names if each in html] == []


@pytest.mark.parametrize(("name", "who"), LOOKED_INTO.items())
def test_a_household_learns_who_looked_into_its_file(walk, name, who):
    assert "governance_reading" in walk.read(name, walk.actors[who]).wrote


@pytest.mark.parametrize(("name", "who"), LISTS.items())
def test_no_list_can_be_asked_for_a_colour(walk, name, who):
    asked = dict.fromkeys(("colour", "color", "standing", "tab", "sort", "order", "enrolled"), "red")
    plain, red = (visit(walk.actors[who], walk.addresses[name], **query) for query in ({}, asked))
    assert red.status == 200
    assert _homes(red.html) == _homes(plain.html)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.url_name)
def test_the_menu_offers_no_page_that_refuses(item):
    reads = RULES[item.url_name].reads
    assert ACCOUNT in reads or item.roles - {"helper", "resident"} <= set(reads) or item.roles <= set(reads)


def _turned_away(name, seen) -> bool:
    """Sent to sign in, or from the pages of a household to what comes first: binding, then consent."""
    places = [reverse("account_login")]
    if name.startswith("my_"):
        places += [reverse("bind")]
    if name in ADULTS_ONLY:
        places += [reverse("my_consent")]
    return seen.goes_to.partition("?")[0] in places


def _homes(html: str) -> list[str]:
    """The households a page names, in its order."""
    found = [name for name in (row.name for row in Subject.objects.all()) if name in html]
    return sorted(found, key=html.find)
