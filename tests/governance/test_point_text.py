import pytest

from governance.lexicon import Ground
from governance.point_text import UnreadablePoints, evidence_kind, parse, sign_of
from governance.rulebook_file import RawRow
from governance.shapes import Cap, Shape, Window


def draft(points, item="打扫村道", cap="", period="", **more):
    return parse(RawRow(1, item=item, points=points, cap=cap, period=period, **more))


@pytest.mark.parametrize(
    ("points", "sign", "tenths"),
    [
        ("+5", 1, 50),
        ("-0.5", -1, 5),
        ("＋５", 1, 50),
        ("−3分", -1, 30),
        ("加2分", 1, 20),
        ("扣1分", -1, 10),
        ("+5分/次", 1, 50),
        ("每次+5", 1, 50),
        ("+ 5 (每次)", 1, 50),
        ("减十分", -1, 100),
    ],
)
def test_a_fixed_amount_is_read_however_it_is_typed(points, sign, tenths):
    found = draft(points)
    assert (found.shape, found.sign, found.points_tenths) == (Shape.FIXED, sign, tenths)


@pytest.mark.parametrize(
    ("points", "sign", "low", "high"),
    [
        ("+1至+10", 1, 10, 100),
        ("-5至-50", -1, 50, 500),
        ("+0.1至+0.9", 1, 1, 9),
        ("-5~-1", -1, 10, 50),
        ("+1—3分", 1, 10, 30),
        ("扣不超过5分", -1, 1, 50),
        ("-≤5", -1, 1, 50),
    ],
)
def test_a_span_keeps_both_ends(points, sign, low, high):
    found = draft(points)
    assert (found.shape, found.sign, found.min_tenths, found.max_tenths) == (Shape.RANGE, sign, low, high)


def test_a_slot_for_own_items_takes_its_sign_from_the_words():
    plus = draft("±≤2/项", "村级自设奖分项(最多5条)", "最多5条,每项不超过2分")
    minus = draft("±≤2/项", "村级自设扣分项(最多5条)")
    assert (plus.shape, plus.sign, plus.max_tenths, plus.caps) == (Shape.SELF_SET, 1, 20, ())
    assert (minus.sign, minus.max_tenths) == (-1, 20)


def test_a_list_beside_levels_is_a_ladder():
    found = draft("+2/+4/+6/+10", "受到村、镇、县、市级表彰的")
    assert found.shape is Shape.LADDER
    assert [(step.label, step.points_tenths) for step in found.steps] == [
        ("村", 20),
        ("镇", 40),
        ("县", 60),
        ("市级", 100),
    ]


def test_a_list_beside_times_is_steps_in_a_window():
    found = draft("-8/-15/-20", "散养鸡鸭，第一次、第二次、第三次及以上，一年内")
    assert (found.shape, found.sign, found.window) == (Shape.STEPS, -1, Window.YEAR)
    assert [step.points_tenths for step in found.steps] == [80, 150, 200]


def test_a_list_beside_parts_in_brackets_is_components():
    found = draft("+5/+4/+3", "门前三包（卫生、绿化、秩序）")
    assert found.shape is Shape.COMPONENTS
    assert [step.label for step in found.steps] == ["卫生", "绿化", "秩序"]


@pytest.mark.parametrize(
    ("points", "item", "unit", "unit_milli", "tenths"),
    [
        ("+2/小时", "志愿服务", "小时", 1000, 20),
        ("每小时0.5分", "志愿服务加分", "小时", 1000, 5),
        ("+1", "每捐款100元加1分", "元", 100_000, 10),
        ("+1", "志愿服务每小时", "小时", 1000, 10),
        ("+0.5", "每回收10公斤废品", "公斤", 10_000, 5),
    ],
)
def test_a_rate_is_points_per_unit(points, item, unit, unit_milli, tenths):
    found = draft(points, item)
    assert (found.shape, found.unit, found.unit_milli, found.points_tenths) == (
        Shape.PER_UNIT,
        unit,
        unit_milli,
        tenths,
    )


def test_a_rate_in_the_item_takes_the_span_as_the_most_of_one_fact():
    found = draft("+1至+10", "捐款，每100元加1分")
    assert (found.shape, found.points_tenths, found.unit_milli, found.max_tenths) == (
        Shape.PER_UNIT,
        10,
        100_000,
        100,
    )


def test_a_rate_within_a_band_of_amounts_is_piecewise():
    found = draft("+1至+10", "捐款1001—5000元的，每400元加1分")
    step = found.steps[0]
    assert (found.shape, found.max_tenths, found.unit) == (Shape.PIECEWISE, 100, "元")
    assert (step.at_milli, step.per_milli, step.points_tenths) == (1_001_000, 400_000, 10)


@pytest.mark.parametrize(
    ("item", "at"),
    [
        ("拾金不昧金额100—1000元的", 100_000),
        ("拾金不昧金额1万元以上的", 10_000_000),
        ("拾金不昧金额100元以下的", 0),
        ("引来投资200—500（不含）万元的", 2_000_000_000),
    ],
)
def test_an_amount_band_begins_where_it_says(item, at):
    found = draft("+2", item)
    assert (found.shape, found.steps[0].at_milli, found.steps[0].points_tenths) == (Shape.PIECEWISE, at, 20)


def test_hours_reached_are_a_threshold_of_the_year():
    found = draft("+5", "志愿服务时间累计达到20小时的", period="累计")
    assert (found.shape, found.window, found.unit) == (Shape.THRESHOLDS, Window.YEAR, "小时")
    assert (found.steps[0].at_milli, found.steps[0].points_tenths) == (20_000, 50)


@pytest.mark.parametrize(
    "item",
    [
        "每天打扫庭院",
        "每户院内栽花",
        "每周清理一次门前",
        "长期（6个月以上）帮邻居",
        "每月志愿服务2小时以上加2分",
    ],
)
def test_rhythm_and_addressee_make_no_rate(item):
    assert draft("+2", item).shape is Shape.FIXED


@pytest.mark.parametrize(
    ("cap", "item", "period", "caps"),
    [
        ("每日1次", "", "daily", [Cap(Window.DAY, times=1)]),
        ("每日1次,每月4次", "", "", [Cap(Window.DAY, times=1), Cap(Window.MONTH, times=4)]),
        ("每年最多加3分", "", "每次", [Cap(Window.YEAR, points_tenths=30)]),
        ("每月最多1分", "", "每月最多", [Cap(Window.MONTH, points_tenths=10)]),
        ("区级平台捐款每年最多加40分", "", "每100次", [Cap(Window.YEAR, points_tenths=400)]),
        ("", "", "家庭成员每季度", [Cap(Window.QUARTER, times=1)]),
        ("", "帮邻居，每月最多2分", "", [Cap(Window.MONTH, points_tenths=20)]),
        ("", "每月打扫2次的", "", []),
        ("每户每年限1次,每年不超过5分", "", "", [Cap(Window.YEAR, 50, 1)]),
        ("一次性", "", "", [Cap(Window.YEAR, times=1)]),
        ("年度累计不超过10分", "", "", [Cap(Window.YEAR, points_tenths=100)]),
        ("一个月内最多3次", "", "", [Cap(Window.MONTH, times=3)]),
        ("不限", "", "按次", []),
    ],
)
def test_limits_are_read_from_cap_item_and_period(cap, item, period, caps):
    found = draft("+1", item or "帮邻居", cap, period)
    assert list(found.caps) == caps
    assert found.unread_cap == ""


@pytest.mark.parametrize(
    ("points", "cap", "period", "unread"),
    [
        ("+1", "每周1次", "", "每周1次"),
        ("+1", "每半年1次", "", "每半年1次"),
        ("+1", "每3天1次", "", "每3天1次"),
        ("+1", "", "每半年", "每半年"),
        ("+5,最高20分", "", "", "最高20分"),
    ],
)
def test_a_limit_without_a_window_is_kept_as_unread(points, cap, period, unread):
    assert draft(points, cap=cap, period=period).unread_cap == unread


@pytest.mark.parametrize("points", ["降B级", "直接判级:B", "一票否决", "降为零星", "取消评优资格"])
def test_a_grade_set_directly_is_no_points(points):
    with pytest.raises(UnreadablePoints) as caught:
        draft(points)
    assert caught.value.ground is Ground.GRADE_JUMP


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ("unknown", "读不出"),
        ("奖金500元", "不是分"),
        ("", "空着"),
        ("酌情扣分", "读不出"),
        ("+0.05", "0.1分"),
        ("+5/-5", "分成两行"),
        ("±5", "读不出"),
        ("0", "等于没写"),
        ("5", "加还是减"),
    ],
)
def test_what_no_shape_carries_is_refused_with_what_to_do(points, says):
    with pytest.raises(UnreadablePoints, match=says) as caught:
        draft(points)
    assert caught.value.ground is Ground.UNREADABLE_POINTS


def test_a_bare_number_takes_its_sign_from_the_category_or_the_other_rows():
    assert draft("5", category="扣分项").sign == -1
    assert draft("5", category="加分项").sign == 1
    assert parse(RawRow(1, item="扫街", points="5"), unsigned_is_plus=True).sign == 1


@pytest.mark.parametrize(
    ("points", "category", "sign"),
    [("-5", "加分项", -1), ("降B级", "失信信息", -1), ("降B级", "守信信息", 1), ("", "", 0)],
)
def test_the_sign_shows_even_where_points_cannot_be_read(points, category, sign):
    assert sign_of(RawRow(1, category=category, points=points)) == sign


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("照片", "photo"),
        ("现场拍照", "photo"),
        ("两名证人", "witnesses"),
        ("照片或证人", "any"),
        ("村委会证明", "document"),
        ("无", ""),
        ("", ""),
    ],
)
def test_evidence_is_one_of_few_kinds(text, kind):
    assert evidence_kind(text) == kind
