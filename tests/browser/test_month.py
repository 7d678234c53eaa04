"""One village's first quarter by the browser alone: from two spreadsheets to the points on a resident's phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from openpyxl import Workbook

from governance import deadlines
from governance.models import Division
from tests import people
from tests.browser.screen import DESK, PHONE, Screen
from tests.months import photo

pytestmark = pytest.mark.browser

PASSWORD = "yizhang-liantian-de-dan"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = [
    "村代码",
    "片",
    "门牌号",
    "户名",
    "类别",
    "户主",
    "手机",
    "联户党员",
    "同意日期",
    "同意方式",
    "见证人",
]
TIDY, LITTER, STACKED = "门前的农具收好了", "院子里堆了垃圾", "柴草堆整齐了"
FAMILIES = "王刘陈赵孙钱吴郑冯褚卫蒋"
OFFICES = {
    "lidangyuan": ("李党员", "联户党员"),
    "shizuzhang": ("石组长", "承包组长"),
    "linlishi": ("林理事", "理事会"),
    "xielishi": ("谢理事", "理事会"),
    "luolishi": ("罗理事", "理事会"),
    "liweiyuan": ("黎委员", "村两委"),
    "jiangweiyuan": ("江委员", "村两委"),
}


@dataclass(frozen=True)
class Book:
    """A rulebook file, and the words by which the story finds two of its rules (+8 and -5) and what is judged."""

    path: Path
    plus: str
    minus: str
    refused: str
    vague: str


REAL = Book(
    Path(settings.BASE_DIR).parent / "shared/rulebooks/longsheng_village_2026.csv",
    plus="物品摆放有序", minus="庭院地面有明显垃圾杂物", refused="拒不参与", vague="矛盾",
)  # fmt: skip
OWN = Book(
    Path(__file__).with_name("rulebook.csv"),
    plus="农具柴草码放整齐", minus="院子里堆着垃圾", refused="没来参加义务劳动", vague="矛盾",
)  # fmt: skip


def moment(year, month, day, hour=9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(settings.TIME_ZONE))


@dataclass
class Story:
    """The village, its clock, and the windows its people sit at."""

    village: Division
    clock: time_machine.Traveller
    window: object

    def enter(self, username: str, size=DESK) -> Screen:
        """Somebody signs in with a password at a window of their own."""
        screen = self.window(size).go("account_login").fill(login=username, password=PASSWORD)
        return screen.click("^登录$")

    def until(self, *when: int) -> None:
        """Time passes; what is due fires, as the ticker would."""
        at = moment(*when)
        self.clock.move_to(at)
        deadlines.fire_due(at)


@pytest.fixture
def story(window):
    """柳溪村 before its first day: a clerk, a notice, nothing else."""
    with time_machine.travel(moment(2026, 11, 2), tick=True) as clock:
        here = people.village()
        people.notice()
        clerk = people.account("沈文书", username="wenshu")
        clerk.set_password(PASSWORD)
        clerk.save()
        people.appoint(clerk, "clerk", here)
        yield Story(here, clock, window)


def roster(village) -> dict:
    """Twelve households of two areas; the last one has not agreed, the first one has a phone."""
    book = Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    for number, family in enumerate(FAMILIES, start=1):
        phone = "13800005678" if number == 1 else ""
        paper = ["2026-10-05", "纸上", "见证的韩大妈"] if number < len(FAMILIES) else [""] * 3
        area = "东片" if number <= len(FAMILIES) / 2 else "西片"
        home = [area, f"{number}号", f"{family}家户", "户", f"{family}大爷", phone, "李党员"]
        sheet.append([village.code, *home, *paper])
    out = BytesIO()
    book.save(out)
    return {"name": "户册.xlsx", "mimeType": XLSX, "buffer": out.getvalue()}


def picture() -> dict:
    """A photo as a phone takes it."""
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}


def make_accounts(clerk: Screen, village) -> None:
    """Everybody types a password at the desk and is appointed; a leader's area comes with the roster."""
    for username, (name, office) in OFFICES.items():
        clerk.go("account_new", village.code)
        clerk.fill(name=name, username=username, password=PASSWORD).click("^建账号$")
        if office != "承包组长":
            clerk.fill(role=office).click("^任命$")


def import_roster(clerk: Screen, village) -> None:
    """The roster is looked at, then stored as a whole; with it come the areas."""
    clerk.go("imports", village.code).fill(id_roster_file=roster(village)).click("传上来看一遍", nth=0)
    clerk.see("村里还没有这个片，存的时候新建", "新建12户").click("^全部存入$").see("新建12户，更新0户")
    clerk.go("appoint", village.code).fill(user="石组长", role="承包组长", area="东片").click("^任命$")


def import_rulebook(clerk: Screen, village, book: Book) -> None:
    """What may not be scored is shown and left out; what is vague waits in the draft."""
    clerk.go("imports", village.code).fill(id_rulebook_file=str(book.path)).click("传上来看一遍", nth=1)
    clerk.see("不能记分的", book.refused, book.vague)
    clerk.fill(title="柳溪村评分细则").choose("不要了").click("^全部存成草稿$")
    clerk.see("存成草稿了").miss(book.refused)


def settle_draft(clerk: Screen) -> None:
    """Evidence for all at once; a set that belongs together stays with a word, what is vague goes."""
    draft = clerk.page.url.removeprefix(clerk.site)
    clerk.open(f"{draft}?show=open").click("^这一页全勾上$")
    clerk.fill(evidence="照片").click("给勾上的几条都改成这个")
    sets = clerk.page.get_by_role("row").filter(has_text="看着是一组").get_by_role("link", name="去补")
    while sets.count():
        sets.first.click()
        clerk.fill(answer="是同一件事的第几次，按次数记。").click("^记下来").open(draft)
    clerk.open(f"{draft}?show=open").click("^这一页全勾上$").click("^删掉勾上的几条$")
    clerk.see("现在还没有改动").click("^就这样办$")


def adopt_rulebook(clerk: Screen, story: Story) -> None:
    """Checked, posted for a week, adopted by the assembly with its minutes; in force at once, being the first."""
    clerk.click("^检查完了$").click("^公布征求意见$").see("11月9日起可以开大会通过")
    story.until(2026, 11, 9)
    clerk.click("^记大会$").fill(
        assembly_on="2026-11-09", present="31", agreed="29", minutes=picture(), starts_quarter="第四季度"
    )
    clerk.click("^记下来$").see("正在施行")


def open_month(clerk: Screen, village) -> None:
    clerk.go("rounds", village.code).click("开11月的月评").click("^开11月的月评$").see(
        "单已经发到各位联户党员手里"
    )


def rate(rater: Screen, book: Book) -> None:
    """Two facts with photos for 王家户, one for 刘家户, nothing for the others; then the sheet is handed in."""
    sheet = rater.go("sheets").page.url.removeprefix(rater.site)
    for home, rule, fact in [
        ("王家户", book.plus, TIDY),
        ("王家户", book.minus, LITTER),
        ("刘家户", book.plus, STACKED),
    ]:
        rater.open(sheet).click(f"^{home}$")
        rater.fill(fact=fact, occurred_on="2026-11-12", rule=rule, id_photos=picture()).see("每次")
        rater.click("^存好，评下一户$").see("记好了")
    rater.open(sheet)
    hand_in(rater)


def hand_in(rater: Screen) -> None:
    """Nothing to tell of all that is left, one look over it, handed in."""
    rater.click("户本月都没变化$").click("^看一遍，交单$").click("^都对，交单$").see("的单交了")


def rate_the_other_area(rater: Screen) -> None:
    """The rater's second sheet, found by what waits for him."""
    rater.go("todo").click("^11月联户评议$").see("西片，5户")
    hand_in(rater)


def confirm(leader: Screen) -> None:
    """刘家户's item is not taken, with a reason; the others are; then both sheets, with what had no change."""
    leader.go("areas").click("^刘家户，").choose("不收这一条").fill(why="那天柴草堆还在路边。").click(
        "^存好，核下一条$"
    )
    for _ in range(2):
        leader.choose("照单确认").click("^存好，核下一条$").see("核好了")
    for _ in range(2):
        leader.click("^确认这张单$").see("的单核好了")


def vote(member: Screen, *, sealed: int) -> None:
    """A deduction is voted on by each alone: how many have voted is seen, not what."""
    member.go("todo").click("要您投票").click(f"^{LITTER}$")
    member.see("减5分，您同意吗", f"应投3人，已投{sealed}人").miss("投票结果")
    member.choose("^同意").fill(reason="照片上看得清，是他家院子。").click("^投票，看下一条$").see(
        "要您投的都投完了"
    )


def send_on(member: Screen) -> None:
    """Small items together after a look at the list, then the council's signature."""
    member.go("todo").click("小额加分").click("^这一页全勾上$").click("^看清单$").see(TIDY).click(
        "^签字，1条一并通过$"
    ).see("1条一并通过了")
    member.click("^都定了，送村两委签字$").click("^签字，送村两委$").see("签好了")


def sign_month(signer: Screen) -> None:
    """The committee sees what was approved and what was not, and signs."""
    signer.go("todo").click("11月").see(TIDY, LITTER, "不收的", "那天柴草堆还在路边。")
    signer.click("^签字$").see("签字齐了，请文书张贴公示")


def publish_month(clerk: Screen) -> None:
    """The clerk reads the notice before posting it."""
    clerk.go("todo").click("11月").click("看公示，张贴").click("^张贴$").see(
        "公示贴出来了，贴到2026年11月21日"
    )


def read_notice(visitor: Screen, village, title: str, *words: str) -> None:
    """Anybody reads counts, nobody reads a household's name."""
    visitor.go("public_home").click(village.name).click(title).see(*words).miss("王家户", TIDY)


def settle(clerk: Screen, village) -> None:
    clerk.go("settlements", village.code).click("^算").see("没有开月评的月份：10月、12月").click(
        "^算分，送村两委签字$"
    )
    clerk.see("的分加好了")


def sign_quarter(signer: Screen, book: Book, *, then: str) -> None:
    """A signer looks at every line behind a card, then signs the colours."""
    signer.go("todo").click("第四季度").click("^全部").click("^王家户$").see(book.plus, book.minus)
    signer.click("都看了，去签字").click("^签字$").see(then)


def publish_quarter(clerk: Screen) -> None:
    """Counts only are posted; every household reads its own."""
    clerk.go("todo").click("第四季度").click("看公示，张贴").click("^张贴$").see("公示贴出来了")


def hand_out_slip(clerk: Screen, village, home: str) -> str:
    """The clerk opens a household's file and makes a slip for its head; the code on it."""
    clerk.go("roster", village.code).click(f"^{home}$").click("^绑定条$").click("^开一张$")
    return clerk.page.locator(".lp-slip__code").inner_text()


def bind(resident: Screen, code: str, username: str) -> None:
    """Whoever holds the slip makes an account with it."""
    resident.go("home").click("^登录或回我的页面$").click("^点这里绑定$").fill(
        code=code, username=username, password=PASSWORD
    ).click("^绑定$").see("绑好了")


def read_points(resident: Screen) -> None:
    """The household reads its total, and behind each line the rule, the photo and who decided."""
    resident.go("my_points").click("^上季").see("王家户", "103", "示范户", TIDY, LITTER, "累计108", "累计103")
    lines = resident.page.get_by_role("link", name="看依据和经手人")
    for n in range(lines.count()):
        lines.nth(n).click()
        resident.see(
            "依据的细则",
            "柳溪村评分细则第1版",
            "2026年11月9日大会通过",
            "联户党员",
            "承包组长",
            "和治理事会",
            "村两委",
        )
        photo = resident.page.locator(".lp-photo img").first
        assert photo.evaluate("photo => photo.decode().then(() => photo.naturalWidth)") > 0
        resident.page.go_back()


def sees_consent_only(resident: Screen) -> None:
    """Who has not agreed has no score page: every way leads to the consent page."""
    resident.go("my_points").see("同意与退出", "没参加").miss("每一分怎么来的")


def test_a_village_runs_its_month_and_its_quarter_by_browser(story):
    village, book = story.village, REAL if REAL.path.exists() else OWN
    clerk = story.enter("wenshu")
    make_accounts(clerk, village)
    import_roster(clerk, village)
    import_rulebook(clerk, village, book)
    settle_draft(clerk)
    adopt_rulebook(clerk, story)
    open_month(clerk, village)

    story.until(2026, 11, 16)
    rater = story.enter("lidangyuan", PHONE)
    rate(rater, book)
    rate_the_other_area(rater)
    confirm(story.enter("shizuzhang"))
    lin = story.enter("linlishi")
    for sealed, member in enumerate([lin, story.enter("xielishi", PHONE), story.enter("luolishi")]):
        vote(member, sealed=sealed)
    send_on(lin)
    sign_month(story.enter("liweiyuan"))
    clerk = story.enter("wenshu")
    publish_month(clerk)
    read_notice(story.window(PHONE), village, "2026年11月", "本月评议11户")

    story.until(2026, 11, 23)
    clerk.go("rounds", village.code).see("办结")
    story.until(2027, 1, 4)
    clerk = story.enter("wenshu")
    settle(clerk, village)
    sign_quarter(story.enter("liweiyuan"), book, then="还要另一个人再看一遍")
    sign_quarter(story.enter("jiangweiyuan", PHONE), book, then="签字齐了，请文书张贴")
    publish_quarter(clerk)
    read_notice(story.window(PHONE), village, "第四季度", "本季参加评议11户")
    story.until(2027, 1, 11)
    clerk.go("settlements", village.code).see("办结")

    for home, username, reads in [("王家户", "wang1", read_points), ("蒋家户", "jiang12", sees_consent_only)]:
        resident = story.window(PHONE)
        bind(resident, hand_out_slip(clerk, village, home), username)
        reads(resident)
