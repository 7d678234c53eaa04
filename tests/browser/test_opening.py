"""The gate before a named household's file, as a supervisor sees it on phone and desktop."""

import pytest

from governance.models import Reading
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.oversight.test_opening import WHY

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.oversight.test_opening")]


def test_the_gate_is_fit_to_read_and_opens_on_phone_and_desktop(site, window):
    world, faults = people.build(), []
    for size in (PHONE, DESK):
        Reading.objects.all().delete()
        screen = window(size).sign_in_as(world.supervisor).go("test_file", world.wang_home.key)
        screen.see("先写为什么", "柳溪村东片的一户")
        faults += screen.faults(size)
        screen.picture(f"open-file-{size['width']}")
        screen.click("写好了，打开").see("还有1处，改好再交")
        faults += screen.faults(size)
        screen.fill(open_why=WHY).click("写好了，打开").see("档案：王家户")
    assert not faults, "\n".join(faults)
