"""An operator finds what is stuck, tries it while it is broken, and again when it is mended; phone and desktop."""

import pytest
import time_machine

from governance.models import Deadline
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.oversight.stuck import LATER, fail, parked
from tests.oversight.stuck import window as deadline_of
from tests.published import posted
from workflows.models import Round

pytestmark = pytest.mark.browser


def test_from_a_full_disk_to_a_closed_month(window):
    screen, faults = window(DESK), []
    with time_machine.travel(LATER, tick=True):
        world = people.build()
        month = posted(world)
        fail()
        parked(world)
        row = deadline_of(month)
        Deadline.objects.filter(pk=row.pk).update(about_id=0)

        screen.sign_in_as(world.operator).go("todo").see("失败的步骤", "到期没办的")
        screen.go("stuck").see(
            "2026年1月月评：写清单", "记录找不到了：公示期满，办结", "governance/events.py"
        )
        faults += screen.faults(PHONE, DESK)
        screen.picture("stuck")
        screen.click("记录找不到了").fill(why="先试一次").click("^现在就办$")
        screen.see("还是没办成，什么也没改", "先试一次")
        faults += screen.faults(PHONE, DESK)
        screen.picture("stuck-item")

        Deadline.objects.filter(pk=row.pk).update(about_id=month.round.pk)
        screen.go("stuck_of", "deadlines").see("2026年10月月评：公示期满，办结")
        faults += screen.faults(PHONE, DESK)
        screen.click("全部一起现在就办").see("现在还没有动")
        faults += screen.faults(PHONE, DESK)
        screen.fill(why="记录修好了").click("^选中的现在就办$").see("办成1件", "都在走，没有卡住的")

        screen.go("stuck").click("写清单").fill(why="盘清过了").click("^再试一次$").see(
            "办成了", "这件已经办掉了"
        )
        screen.go("stuck").see("没有卡住的", "记录修好了", "庞运维").miss("到期没办的，", "失败的步骤，")
        faults += screen.faults(PHONE, DESK)
        screen.picture("stuck-empty")
    month.round.refresh_from_db()
    assert month.round.state == Round.State.CLOSED
    assert not faults, "\n".join(faults)
