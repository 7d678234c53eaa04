"""评分细则 by HTTP: from a draft that lacks things to a version that is in force."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance import access, rulebooks, rules
from governance.models import Event, Rule, Rulebook
from governance.rulebook_file import RawRow
from governance.rulebook_import import check_file
from governance.spreadsheets import read_table
from tests import people
from tests.months import photo
from tests.people import NOON

ROWS = [
    RawRow(1, category="社会公德", item="打扫门前公共路面", points="+1", cap="每月最多2分", evidence="照片"),
    RawRow(2, category="社会公德", item="在公共地方乱倒垃圾", points="-2"),
    RawRow(3, category="家庭美德", item="家庭不和", points="-2", evidence="照片"),
    RawRow(4, category="村里自设", item="自设项", points="±≤2/项"),
]


@pytest.fixture
def desk(client, world):
    client.force_login(world.clerk)
    return client


@pytest.fixture
def draft(world) -> Rulebook:
    return rulebooks.import_report(
        village=world.village,
        report=check_file(ROWS),
        title="新细则",
        base_tenths=1000,
        by=world.clerk,
        at=NOON,
    ).rulebook


def at(name, row):
    return reverse(name, args=[row.key])


def litter(draft) -> Rule:
    return draft.rules.get(text="在公共地方乱倒垃圾")


def settle(desk, draft) -> None:
    """Mend and answer everything that is open."""
    desk.post(
        at("rulebook_evidence", draft), {"evidence": "photo", "rules": [r.key for r in draft.rules.all()]}
    )
    for rule in draft.rules.all():
        for finding in rule.findings:
            desk.post(at("rule_answer", rule), {"ground": finding["ground"], "answer": "大会上说明"})
        Rule.objects.filter(pk=rule.pk, conduct="").update(conduct="family")
    for rule in draft.rules.filter(shape="self_set"):
        desk.post(at("rule_remove", rule))


def test_a_draft_shows_what_is_open_and_cannot_be_passed_on(desk, draft):
    page = desk.get(at("rulebook", draft))
    assert "减分没写要什么证据" in page.text
    assert "disabled>检查完了" in page.text
    answer = desk.post(at("rulebook_check", draft))
    assert answer.status_code == 403
    assert "处要补" in answer.text
    only = desk.get(at("rulebook", draft) + "?show=open").text
    assert "乱倒垃圾" in only
    assert "打扫门前公共路面" not in only


def test_evidence_is_set_for_many_rules_at_once_and_only_of_this_draft(desk, world, draft):
    rules = [litter(draft), draft.rules.get(text="家庭不和")]
    desk.post(at("rulebook_evidence", draft), {"evidence": "witnesses", "rules": [r.key for r in rules]})
    assert {r.evidence for r in draft.rules.filter(pk__in=[r.pk for r in rules])} == {"witnesses"}
    assert desk.post(at("rulebook_evidence", draft), {"evidence": "photo"}).status_code == 422
    foreign = desk.post(
        at("rulebook_evidence", draft), {"evidence": "none", "rules": [world.rules["litter"].key]}
    )
    assert foreign.status_code == 422
    world.rules["litter"].refresh_from_db()
    assert world.rules["litter"].evidence == "photo"


def test_a_refused_form_keeps_the_ticks(desk, draft):
    rule = litter(draft)
    page = desk.post(at("rulebook_evidence", draft), {"evidence": "", "rules": [rule.key]})
    assert page.status_code == 422
    assert page.text.count(" checked>") == 1
    assert f'id="r{rule.pk}" aria-label="勾上细则{rule.number}" checked>' in page.text


def test_many_rules_are_deleted_at_once_after_a_look_at_them(desk, world, draft):
    gone = [litter(draft), draft.rules.get(text="家庭不和")]
    ticked = {"rules": [rule.key for rule in gone]}
    how_many = draft.rules.count()
    asked = desk.post(at("rulebook_remove", draft), ticked)
    assert "删掉2条" in asked.text
    assert "在公共地方乱倒垃圾" in asked.text
    desk.post(at("rulebook_remove", draft), ticked | {"again": "1"})
    assert draft.rules.count() == how_many
    done = desk.post(at("rulebook_remove", draft), ticked | {"sure": "1"}, follow=True)
    assert "2条删掉了" in done.text
    assert draft.rules.count() == how_many - 2
    assert Event.objects.filter(name="rule.removed").count() == 2


def test_nothing_ticked_or_a_rule_of_another_book_deletes_nothing(desk, world, draft):
    nothing = desk.post(at("rulebook_remove", draft), {"sure": "1"})
    assert nothing.status_code == 422
    assert "请先勾上" in nothing.text
    foreign = {"rules": [world.rules["litter"].key, litter(draft).key], "sure": "1"}
    assert desk.post(at("rulebook_remove", draft), foreign).status_code == 422
    assert Rule.objects.filter(pk__in=[world.rules["litter"].pk, litter(draft).pk]).count() == 2
    in_force = world.rules["litter"].rulebook
    late = {"rules": [world.rules["litter"].key], "sure": "1"}
    assert desk.post(at("rulebook_remove", in_force), late).status_code == 409


def test_all_of_a_page_is_ticked_at_once(desk, draft):
    assert "checked" not in desk.get(at("rulebook", draft)).text
    page = desk.get(at("rulebook", draft) + "?show=open&tick=all").text
    assert page.count(" checked>") == page.count('name="rules"')


def test_a_rule_of_a_draft_is_set_and_one_in_force_is_not(desk, world, draft):
    filled = {
        "number": "9.1", "dimension": "public", "conduct": "sanitation", "evidence": "photo", "lasts_quarters": "2",
        "repairable": "on", "month_points": "3.5", "month_times": "2",
    }  # fmt: skip
    desk.post(at("rule_edit", litter(draft)), filled)
    rule = litter(draft)
    assert (rule.number, rule.month_points, rule.month_times, rule.lasts_quarters) == ("9.1", 35, 2, 2)
    wrong = desk.post(at("rule_edit", rule), {**filled, "month_points": "三分", "lasts_quarters": "5"})
    assert wrong.status_code == 422
    assert "请写1到4" in wrong.text
    assert desk.post(at("rule_edit", world.rules["litter"]), filled).status_code == 409
    assert desk.post(at("rule_remove", world.rules["litter"])).status_code == 409


def test_a_slot_of_the_village_is_judged_like_any_row(desk, draft):
    slot = draft.rules.filter(shape="self_set").first()
    filled = {
        "number": slot.number, "dimension": "village", "conduct": "order", "evidence": "photo", "lasts_quarters": "1",
        "sign": "-1", "points_tenths": "2", "text": "越级上访的",
    }  # fmt: skip
    refused = desk.post(at("rule_edit", slot), filled)
    assert refused.status_code == 422
    assert "《信访工作条例》第十八条" in refused.text
    slot.refresh_from_db()
    assert slot.text != "越级上访的"
    desk.post(at("rule_edit", slot), {**filled, "text": "红白喜事按村里标准办", "sign": "1"})
    slot.refresh_from_db()
    assert (slot.text, slot.sign, slot.points_tenths) == ("红白喜事按村里标准办", 1, 20)


def test_a_warning_needs_words_to_be_settled(desk, draft):
    quarrel = draft.rules.get(text="家庭不和")
    [ground] = {f["ground"] for f in quarrel.findings if f["ground"] == "vague"}
    assert desk.post(at("rule_answer", quarrel), {"ground": ground, "answer": ""}).status_code == 422
    desk.post(at("rule_answer", quarrel), {"ground": ground, "answer": "看调解记录"})
    quarrel.refresh_from_db()
    assert "看调解记录" in {f["answer"] for f in quarrel.findings}


def test_a_draft_goes_by_check_and_announcement_to_the_assembly(desk, world, draft):
    settle(desk, draft)
    desk.post(at("rulebook_check", draft))
    desk.post(at("rulebook_announce", draft))
    page = desk.get(at("rulebook", draft))
    assert "记大会" in page.text
    today = access.today()
    filled = {"assembly_on": str(today), "present": "60", "agreed": "45", "starts_quarter": _next(today)}
    early = desk.post(at("rulebook_adopt", draft), {**filled, "minutes": photo()})
    assert "征求意见要满日子" in early.text
    Rulebook.objects.filter(pk=draft.pk).update(announced_on=today - timedelta(days=8))
    few = desk.post(at("rulebook_adopt", draft), {**filled, "agreed": "20", "minutes": photo()})
    assert "过到会的半数" in few.text
    assert desk.post(at("rulebook_adopt", draft), filled).status_code == 422  # no minutes
    desk.post(at("rulebook_adopt", draft), {**filled, "minutes": photo()})
    row = Rulebook.objects.get(pk=draft.pk)
    assert (row.state, row.assembly_for) == ("adopted", 45)
    assert desk.post(at("rulebook_adopt", draft), {**filled, "minutes": photo()}).status_code == 409


def test_a_checked_draft_goes_back_only_with_a_reason(desk, draft):
    settle(desk, draft)
    desk.post(at("rulebook_check", draft))
    assert desk.post(at("rulebook_reopen", draft), {"why": ""}).status_code == 422
    desk.post(at("rulebook_reopen", draft), {"why": "大家提了意见"})
    assert Rulebook.objects.get(pk=draft.pk).state == "draft"


def test_a_new_draft_from_the_version_in_force_changes_nothing_until_it_is_changed(desk, world):
    desk.post(at("rulebook_copy", world.rulebook))
    copy = Rulebook.objects.get(village=world.village, state="draft")
    assert "一条也没有变" in desk.get(at("rulebook_changes", copy)).text
    rule = copy.rules.get(text="打扫门前公共路面")
    rules.edit(rule=rule, values={"month_points": 30}, by=world.clerk, at=NOON)
    text = desk.get(at("rulebook_changes", copy)).text
    assert "改了1条" in text
    assert "一个月最多3分" in text
    assert desk.post(at("rulebook_copy", world.rulebook)).status_code == 409


def test_the_text_is_public_from_the_announcement_on_and_not_before(client, desk, world, draft):
    assert desk.get(at("rulebook_print", draft)).status_code == 200
    client.logout()
    assert client.get(at("rulebook_print", draft)).status_code == 404
    page = client.get(at("rulebook_print", world.rulebook))
    assert "参加村里的志愿服务" in page.text
    assert "每小时加0.5分，一个月最多2分" in page.text


def test_the_export_has_the_rows_as_they_were_written(desk, draft):
    table = read_table(desk.get(at("rulebook_export", draft)).content)
    assert [line[2] for line in table[1:]] == [row.item for row in ROWS]


def test_who_rates_reads_the_rules_and_is_offered_nothing_to_change(client, world, draft):
    client.force_login(world.li)
    page = client.get(at("rulebook", draft))
    assert "检查完了" not in page.text
    assert client.post(at("rulebook_check", draft)).status_code == 404
    assert client.get(at("rule_edit", litter(draft))).status_code == 404


def test_a_rulebook_of_a_village_next_door_is_not_there(desk, world):
    other = people.rulebook(world.elsewhere)
    for name in ("rulebook", "rulebook_adopt", "rulebook_reopen", "rulebook_changes", "rulebook_export"):
        assert desk.get(at(name, other)).status_code == 404
    for name in (
        "rulebook_check",
        "rulebook_announce",
        "rulebook_copy",
        "rulebook_evidence",
        "rulebook_remove",
    ):
        assert desk.post(at(name, other)).status_code == 404


def test_many_rules_take_no_more_queries_than_few(desk, draft, django_assert_max_num_queries):
    for n in range(60):
        people.rule(
            draft, f"8.{n}", "参加村里的志愿服务", "fixed", 1, points_tenths=5, conduct="volunteering"
        )
    with django_assert_max_num_queries(22):
        desk.get(at("rulebook", draft))


def _next(day):
    from governance.periods import next_quarter, quarter_of

    return next_quarter(quarter_of(day))
