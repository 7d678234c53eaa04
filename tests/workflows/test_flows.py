"""Every flow is safe: row lock, short wait, a sentence instead of an error."""

import pytest
from django.db import transaction
from django.urls import reverse
from viewflow.workflow.base import Flow

from tests import people
from tests.months import Month
from tests.people import NOON
from tests.real_transactions import at_once
from workflows import flows
from workflows.models import Ballot, Observation, Publication, Round, Sheet

postgres = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def subclasses(cls):
    for found in cls.__subclasses__():
        yield found
        yield from subclasses(found)


def test_all_flows_inherit_the_row_lock():
    ours = [flow for flow in subclasses(Flow) if flow.__module__.split(".")[0] in ("workflows", "appeals")]
    assert {flows.SheetFlow, flows.RoundFlow, flows.SettlementFlow} <= set(ours)
    assert all(
        issubclass(flow, flows.SafeFlow) and isinstance(flow.lock_impl, flows.RowLock) for flow in ours
    )


def test_viewflow_s_own_pages_are_not_reachable(client, world):
    client.force_login(world.clerk)
    assert client.get("/workflow/").status_code == 404


def posts(users, url, data=None):
    """Each user posts the same form at the same moment, each by an own connection: the answers."""
    from django.test import Client

    clients = [Client(raise_request_exception=False) for _ in users]
    for client, user in zip(clients, users, strict=True):
        client.force_login(user)
    return at_once([lambda c=client: c.post(url, data or {}) for client in clients])


def one_won(answers):
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [302] + [409] * (len(answers) - 1), [
        (a.status_code, a.content.decode()[:300]) for a in answers
    ]


def crowd(world, role, area=None):
    return [people.person(f"{role}{n}", role, world.village, area) for n in range(6)]


class TestSixPostsAtOnce:
    pytestmark = postgres

    @pytest.fixture
    def month(self, transactional_db):
        world = people.build()
        month = Month(world, NOON).open()
        month.observe("乱倒", world.wang_home, "litter")
        month.observe("扫路", world.liu_home, "sweep")
        return month

    def test_one_sheet_is_handed_in_once(self, month):
        sheet = month.sheet(month.world.li)
        sheet.lines.update(verdict="nothing")
        one_won(posts([month.world.li] * 6, reverse("sheet_check", args=[sheet.key])))
        sheet.refresh_from_db()
        assert sheet.state == Sheet.State.FILED

    def test_one_leader_confirms_a_sheet(self, month):
        from workflows import observations

        month.file_all()
        for item in month.items.values():
            observations.confirm(observation=item, by=month.world.shi, at=NOON)
        url = reverse("sheet_confirm", args=[month.sheet(month.world.li).key])
        one_won(posts(crowd(month.world, "leader", month.world.east), url))

    def test_one_tap_is_one_vote(self, month):
        month.file_all().confirm_all()
        url = reverse("review_cast", args=[month.items["乱倒"].key])
        one_won(posts([month.world.lin] * 6, url, {"choice": "approve", "reason": "有照片"}))
        assert Ballot.objects.count() == 1

    def test_one_committee_member_signs(self, month):
        month.file_all().confirm_all().review_all().send()
        one_won(
            posts(
                crowd(month.world, "committee"), reverse("round_sign", args=[month.round.key]), {"word": ""}
            )
        )
        assert Round.objects.get().state == Round.State.RESOLVED

    def test_one_clerk_posts_the_notice(self, month):
        month.file_all().confirm_all().review_all().send().sign()
        one_won(posts(crowd(month.world, "clerk"), reverse("round_publish", args=[month.round.key])))
        assert Publication.objects.count() == 1

    def test_a_lock_that_is_not_free_is_a_sentence_not_an_error(self, month, client):
        month.file_all().confirm_all().review_all().send().sign()
        client.force_login(month.world.clerk)
        url = reverse("round_publish", args=[month.round.key])
        with transaction.atomic():
            flows.RoundProcess.objects.select_for_update().get(round=month.round)
            [answer] = at_once([lambda: client.post(url)])
        assert answer.status_code == 409
        assert "别人也在办" in answer.content.decode()


class TestTamperedKeys:
    @pytest.fixture
    def month(self, world):
        month = Month(world, NOON).open()
        month.observe("乱倒", world.wang_home, "litter")
        return month

    def test_another_rater_s_sheet_is_not_found(self, month, world, client):
        client.force_login(world.zhou)
        sheet = month.sheet(world.li)
        assert client.post(reverse("sheet_check", args=[sheet.key])).status_code in (403, 404)
        assert month.sheet(world.li).state == Sheet.State.OPEN

    def test_another_village_s_clerk_does_not_post(self, month, world, client):
        month.file_all().confirm_all().review_all().send().sign()
        client.force_login(world.elsewhere_clerk)
        assert client.post(reverse("round_publish", args=[month.round.key])).status_code in (403, 404)
        assert not Publication.objects.exists()

    def test_a_round_s_key_opens_no_sheet(self, month, world, client):
        client.force_login(world.li)
        assert client.post(reverse("sheet_check", args=[month.round.key])).status_code == 404

    def test_an_item_s_key_of_another_area_is_refused_to_a_leader(self, month, world, client):
        month.file_all()
        client.force_login(world.gao)
        item = month.items["乱倒"]
        answer = client.post(reverse("item_confirm", args=[item.key]), {"verdict": "confirm", "version": "x"})
        assert answer.status_code in (403, 404, 409)
        item.refresh_from_db()
        assert item.state == Observation.State.FILED
