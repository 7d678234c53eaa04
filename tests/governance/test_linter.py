"""The linter on invented rows: what other villages may write, in our own words."""

import pytest

from governance.lexicon import SOURCES, Ground
from governance.linter import Verdict
from governance.rulebook_file import RawRow
from governance.rulebook_import import check_file


def judge(points, item, evidence="照片", category="", note=""):
    row = RawRow(1, category=category, item=item, points=points, evidence=evidence, note=note)
    return check_file([row]).rows[0]


def grounds(result):
    return {finding.ground for finding in result.findings}


NEVER = [
    ("-10", "到县里上访的"),
    ("-10", "越级走访、多次走访市里机关"),
    ("+10", "全年无上访、无投诉的户"),
    ("-5", "拨打12345反映不实情况"),
    ("-5", "恶意投诉、诬告村里的"),
    ("-5", "店铺被顾客投诉的"),
    ("-10", "因宅基地起诉邻居败诉"),
    ("-3", "打官司不听劝"),
    ("-3", "在村民群里说怪话、发牢骚"),
    ("-3", "在朋友圈转发负面消息"),
    ("+2", "转发村里公众号文章"),
    ("-5", "传播谣言、搬弄是非"),
    ("-5", "对村里安排不满、顶撞干部"),
    ("-3", "说粗话、骂街"),
    ("-5", "参加非法集会"),
    ("-5", "围堵施工车辆、静坐、拉横幅"),
    ("-10", "信教或者参加教会活动"),
    ("-5", "搞封建迷信、请神婆看病"),
    ("+5", "破除迷信、不进寺庙烧香"),
    ("-20", "超生一胎"),
    ("+5", "按时参加孕检"),
    ("+5", "生育三孩的家庭"),
    ("-5", "少数民族村民不讲汉语"),
    ("+5", "举报邻居私搭乱建的"),
    ("+3", "提供违法线索"),
    ("-10", "知情不报，包庇坏人"),
    ("-10", "配偶上访的，扣户主分"),
    ("-5", "儿子打架的，由父母连带减分"),
    ("+5", "子女考上大学"),
    ("-5", "孩子在学校违纪"),
    ("-5", "被骗转账，给村里抹黑"),
    ("-5", "不参加义务劳动"),
    ("-3", "拒绝捐款"),
    ("-2", "不参加村里组织的文艺演出活动"),
    ("-5", "拒不缴纳合作医疗"),
    ("-5", "无故不参加村民大会"),
    ("-5", "选举不投票"),
]
SENSITIVE = [
    ("-3", "感染传染病不上报"),
    ("+3", "全家接种疫苗"),
    ("+5", "参加免费体检"),
    ("-5", "不戴口罩出门"),
    ("+10", "无偿献血一次"),
    ("-20", "家中有人吸毒"),
    ("+10", "家庭成员无违法犯罪"),
    ("-5", "刑满释放人员未报到"),
    ("-5", "被公安机关拘留的"),
    ("-5", "重点人员不配合管控"),
]
VAGUE = [
    ("-5", "不尊重公婆"),
    ("-3", "邻里吵架"),
    ("-3", "好吃懒做、游手好闲"),
    ("-2", "素质低下，不讲道德"),
    ("-5", "不配合村干部工作"),
    ("-5", "其他违反公序良俗的"),
    ("-5", "影响村庄形象"),
    ("-5", "乱贴广告，情节严重的"),
    ("+5", "热爱集体，思想进步"),
    ("+5", "家庭和睦、夫妻恩爱"),
    ("+5", "为村里做出重要贡献"),
]
ORDINARY = [
    ("+3", "走访慰问困难老人"),
    ("+2", "帮助残疾邻居收割庄稼"),
    ("+5", "帮留守儿童辅导功课"),
    ("+2", "给家犬接种狂犬疫苗"),
    ("-5", "家禽未按规定接种疫苗"),
    ("+3", "参加疫情防控志愿服务"),
    ("+5", "主动报告路灯损坏"),
    ("+5", "发现火情及时举报"),
    ("+5", "见义勇为，协助制止犯罪"),
    ("+3", "参加网络安全知识讲座"),
    ("+1", "参加预防犯罪宣传活动"),
    ("-5", "参与网络赌博"),
    ("-5", "聚众赌博"),
    ("-5", "门前杂物聚集、污水横流"),
    ("-3", "车辆乱停，堵路"),
    ("-3", "夜间大声喧哗影响邻居休息"),
    ("-5", "乱贴小广告、乱挂横幅"),
    ("-5", "损坏宣传栏、撕毁公益标语"),
    ("-10", "遗弃老人、打骂父母"),
    ("-10", "虐待老人（父母或公婆）"),
    ("-5", "让子女辍学"),
    ("+5", "教会老人给垃圾分类"),
    ("-5", "破坏风水林"),
    ("-2", "不参与垃圾分类"),
    ("-2", "秸秆露天焚烧"),
    ("-5", "乱扔烟头、果皮"),
    ("-5", "逾期不清理门前垃圾"),
    ("-5", "缺斤短两被顾客投诉查实"),
    ("-10", "殴打村干部"),
    ("-5", "损坏路灯、健身器材"),
    ("-5", "电动车飞线充电"),
    ("-10", "酒后驾驶机动车"),
    ("-5", "丧事大操大办超过规定桌数"),
    ("+5", "婚事新办、不收彩礼"),
    ("+10", "获评市级文明家庭"),
    ("+5", "为敬老院捐款捐物"),
    ("+2", "退还捡到的钱包"),
    ("+2", "提合理化建议"),
    ("+5", "店铺明码标价"),
]


@pytest.mark.parametrize(("points", "item"), NEVER)
def test_conduct_the_law_protects_is_refused_plus_or_minus(points, item):
    result = judge(points, item)
    assert result.verdict is Verdict.REFUSED
    assert Ground.PROTECTED in grounds(result)


@pytest.mark.parametrize(("points", "item"), SENSITIVE)
def test_health_and_records_of_offences_are_refused_plus_or_minus(points, item):
    result = judge(points, item)
    assert result.verdict is Verdict.REFUSED
    assert Ground.SENSITIVE in grounds(result)


@pytest.mark.parametrize(("points", "item"), VAGUE)
def test_what_nobody_can_measure_waits_for_an_answer(points, item):
    result = judge(points, item)
    assert result.verdict is Verdict.WARNED
    assert Ground.VAGUE in grounds(result)


@pytest.mark.parametrize(("points", "item"), ORDINARY)
def test_ordinary_rows_pass_with_a_conduct_of_the_list(points, item):
    result = judge(points, item)
    assert result.findings == ()
    assert result.draft.conduct


def test_every_refusal_speaks_to_the_clerk_and_names_its_source():
    line = next(check_file([RawRow(1, item="越级上访的", points="-20")]).lines())
    assert line == (
        "row 1 refused protected-conduct: 写了“上访”。向上反映问题是每个人的权利，加分减分都不行。"
        " (《信访工作条例》第十八条)"
    )


def test_the_note_column_changes_nothing():
    assert judge("-5", "乱倒垃圾", note="上访户、素质差").findings == ()


def test_words_are_found_through_blanks_and_full_width():
    assert judge("-5", "越 级 “上 访” 的").verdict is Verdict.REFUSED
    assert judge("-5", "拨打１２３４５").verdict is Verdict.REFUSED


def test_a_deduction_without_evidence_waits_for_it_and_a_plus_does_not():
    assert grounds(judge("-5", "乱倒垃圾", evidence="")) == {Ground.NO_EVIDENCE}
    assert judge("+5", "清扫村道垃圾", evidence="").verdict is Verdict.ACCEPTED


def test_conduct_on_no_list_waits_for_a_person():
    assert grounds(judge("-2", "穿着睡衣上街")) == {Ground.UNKNOWN_CONDUCT}


def test_a_category_helps_to_know_the_conduct_but_refuses_nothing_protected():
    assert judge("+2", "全家一起做", category="垃圾分类").verdict is Verdict.ACCEPTED
    assert judge("-2", "乱倒垃圾", category="信访和治安").verdict is Verdict.ACCEPTED


def test_a_span_without_criterion_waits_for_one():
    assert grounds(judge("-5至-50", "乱倒垃圾")) == {Ground.DISCRETION}


def test_an_empty_slot_waits_to_be_written_out():
    assert grounds(judge("±≤2/项", "村级自设扣分项", evidence="")) == {Ground.SELF_SET}


def test_an_unread_limit_is_said_aloud():
    assert grounds(judge("-1", "乱倒垃圾，每周最多2分", category="")) == set()
    row = RawRow(1, item="清扫村道垃圾", points="+1", cap="每周1次")
    assert grounds(check_file([row]).rows[0]) == {Ground.UNREADABLE_CAP}


def test_duties_of_an_office_are_no_deduction_and_no_plain_plus():
    assert grounds(judge("-5", "党员不按时交党费")) == {Ground.OFFICE}
    assert judge("-5", "党员不按时交党费").verdict is Verdict.REFUSED
    assert judge("+3", "党员带头清理河道").verdict is Verdict.WARNED
    assert judge("-5", "年底目标没完成", category="村干部考核").verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    "item", ["乱倒垃圾的，一票否决", "违建的取消分红资格", "占地建房，停发福利", "焚烧秸秆，直接降为红户"]
)
def test_points_take_away_no_standing_and_no_benefit(item):
    assert grounds(judge("-5", item)) == {Ground.GRADE_JUMP}


def test_money_matters_and_family_life_wait_for_an_answer():
    assert grounds(judge("-5", "拖欠银行贷款")) == {Ground.SENSITIVE}
    assert judge("-5", "拖欠银行贷款").verdict is Verdict.WARNED


def test_rites_are_not_scored_but_open_fire_may_be():
    result = judge("-5", "上坟烧纸的")
    assert result.verdict is Verdict.WARNED
    assert Ground.PROTECTED in grounds(result)
    assert judge("-5", "在禁火期野外用火").verdict is Verdict.ACCEPTED


def test_a_refused_row_says_only_why_it_is_refused():
    result = check_file([RawRow(1, item="越级上访，情节严重的", points="降B级")]).rows[0]
    assert grounds(result) == {Ground.PROTECTED}


def test_every_source_says_where_it_stands_and_since_when():
    assert len({source.code for source in SOURCES}) == len(SOURCES)
    assert all(source.plain and source.article and source.in_force_from for source in SOURCES)
    assert all(source.in_force_to is None or source.in_force_to > source.in_force_from for source in SOURCES)
