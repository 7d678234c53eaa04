"""The drawn grammar: words with every shape, true minus, days left, forms that say what to put right."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django import forms
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory

TODAY = datetime(2026, 11, 14, 2, tzinfo=UTC)


def render(source, query=None, **context):
    request = RequestFactory().get("/", query)
    return Template("{% load lianping %}" + source).render(RequestContext(request, context)).strip()


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


class Fact(forms.Form):
    day = forms.DateField(label="哪一天", help_text="10月的单只收10月的事")
    place = forms.CharField(
        label="在哪里", required=False, widget=forms.TextInput(attrs={"placeholder": "村口"})
    )
    vote = forms.ChoiceField(
        label="同意吗", choices=[("y", "同意"), ("n", "不同意")], widget=forms.RadioSelect
    )
    seen = forms.BooleanField(label="到现场看过")
    where = forms.ChoiceField(label="片", choices=[("e", "东片")])
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("这户本月已经交过单。")


def test_an_icon_points_into_the_sprite_and_is_silent_for_a_screen_reader():
    html = render('{% icon "check" small=True %}{% icon "s-green" css="lp-shape" %}')
    assert 'class="lp-ico lp-ico--sm" aria-hidden="true"' in html
    assert "icons/icons.svg#i-check" in html
    assert "icons/icons.svg#s-green" in html


@pytest.mark.parametrize(
    ("colour", "word"), [("green", "示范户"), ("blue", "达标户"), ("red", "待提升户"), ("", "未参加")]
)
def test_a_standing_always_says_its_word(colour, word):
    html = render("{% standing colour %}", colour=colour)
    assert word in html
    assert f"#s-{colour or 'none'}" in html
    assert "draft" not in html


def test_an_unsigned_standing_is_hatched():
    assert "lp-status--draft" in render('{% standing "green" draft=True %}')


@pytest.mark.parametrize(
    ("source", "kind", "figure"),
    [
        ("{% points 25 %}", "plus", "+2.5"),
        ("{% points -30 %}", "minus", "−3"),
        ("{% points 0 %}", "zero", "0"),
        ("{% points -30 held=True %}", "held", "−3"),
        ("{% points -20 undone=True %}", "undone", "−2"),
    ],
)
def test_points_show_their_sign_in_figure_and_frame(source, kind, figure):
    assert render(source) == f'<span class="lp-pt lp-pt--{kind}">{figure}</span>'


@pytest.mark.parametrize(
    ("deadline", "kind", "words"),
    [
        (date(2026, 11, 22), "", "还剩8天"),
        (date(2026, 11, 16), " lp-due--soon", "还剩2天"),
        (date(2026, 11, 14), " lp-due--soon", "今天截止"),
        (date(2026, 11, 12), " lp-due--late", "超期2天"),
        (datetime(2026, 11, 15, 15, 59, tzinfo=UTC), " lp-due--soon", "还剩1天"),
        (datetime(2026, 11, 15, 16, 1, tzinfo=UTC), " lp-due--soon", "还剩2天"),
    ],
)
def test_time_left_is_counted_in_local_days(deadline, kind, words):
    html = render("{% due deadline %}", deadline=deadline)
    assert f'class="lp-due{kind}"' in html
    assert words in html


def test_only_the_readers_own_turn_is_gold():
    assert "soon" not in render("{% due deadline mine=False %}", deadline=date(2026, 11, 15))


def test_a_paused_clock_says_so_instead_of_counting():
    html = render("{% due deadline paused=True %}", deadline=date(2026, 11, 12))
    assert "lp-due--paused" in html
    assert "超期" not in html


def test_a_day_of_another_year_names_its_year():
    assert render("{{ d|day }}", d=date(2026, 11, 3)) == '<time datetime="2026-11-03">11月3日</time>'
    assert "2025年11月3日" in render("{{ d|day }}", d=date(2025, 11, 3))
    assert render("{{ d|day }}{{ d|moment }}", d=None) == ""


def test_a_moment_is_shown_in_local_time():
    assert render("{{ m|moment }}", m=datetime(2026, 11, 13, 16, 41, tzinfo=UTC)).endswith(
        "11月14日</time>00:41"
    )


@pytest.mark.parametrize(("milli", "words"), [(2500, "2.5"), (3000, "3"), (125, "0.125"), (10000, "10")])
def test_a_quantity_has_no_needless_noughts(milli, words):
    assert render("{{ q|quantity }}", q=milli) == words


def test_a_total_is_read_from_tenths():
    assert render("{{ t|total }}", t=1045) == "104.5"


def test_a_device_is_called_what_a_villager_calls_it():
    assert render("{{ a|device }}", a="Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile") == "安卓手机"
    assert render("{{ a|device }}", a="curl/8") == "说不清是什么设备"


def test_a_field_ties_label_help_and_error_to_its_input():
    html = render("{% field form.day %}", form=Fact({"day": "谁知道"}))
    assert '<label class="form-label" for="id_day">哪一天</label>' in html
    assert 'aria-describedby="id_day_helptext id_day_error"' in html
    assert 'id="id_day_helptext"' in html
    assert 'id="id_day_error"' in html
    assert "lp-field--err" in html
    assert 'class="form-control"' in html


def test_a_field_that_may_stay_empty_says_so_and_has_no_placeholder():
    html = render("{% field form.place %}", form=Fact())
    assert "可以不填" in html
    assert "placeholder" not in html


def test_label_and_help_can_be_replaced_in_the_template():
    html = render('{% rename form.day "日子" %}{% errors form %}{% field form.day %}', form=Fact({}))
    assert "日子：这一处还空着，请补上。" in html
    assert "哪一天" not in html
    assert "helptext" not in html


def test_choices_are_a_group_with_a_legend_and_none_chosen():
    html = render("{% field form.vote %}", form=Fact())
    assert '<legend class="form-label">同意吗</legend>' in html
    assert html.count('class="form-check-input"') == 2
    assert "checked" not in html


def test_a_tick_box_stands_before_its_words_and_a_select_has_its_own_look():
    html = render("{% field form.seen %}{% field form.where %}{% field form.token %}", form=Fact())
    assert '<label for="id_seen">到现场看过</label>' in html
    assert 'class="form-select"' in html
    assert '<input type="hidden" name="token"' in html


def test_rendering_a_form_twice_does_not_double_its_classes():
    assert "form-control form-control" not in render("{% field f.day %}{% field f.day %}", f=Fact())


def test_the_summary_lists_every_slip_with_a_link_to_its_field():
    html = render("{% errors form %}", form=Fact({"place": "村口"}))
    assert "还有6处，改好再交" in html
    assert "这户本月已经交过单。" in html
    assert 'href="#id_day"' in html
    assert 'href="#id_vote_0"' in html
    assert 'href="#id_token"' not in html


def test_a_form_without_slips_has_no_summary():
    assert render("{% errors form missing %}", form=Fact()) == ""


def test_turning_a_page_keeps_the_search():
    html = render("{% pages page %}", {"q": "王", "page": "5"}, page=Paginator(range(200), 10).page(5))
    assert 'rel="next" href="?q=%E7%8E%8B&amp;page=6"' in html
    assert 'aria-current="page" aria-label="第5页"' in html
    assert "共20页200条" in html


def test_a_single_page_has_nothing_to_turn():
    page = Paginator(range(3), 10).page(1)
    assert render("{% pages page %}", page=page) == ""


def test_words_that_stand_in_running_text():
    html = render(
        "{{ plus|signed }} {{ minus|signed }} {{ quarter|quarter_name }} {{ role|role_name }} {{ colour|standing_name }}",
        plus=20, minus=-15, quarter="2026Q3", role="clerk", colour="green",
    )  # fmt: skip
    assert html == "+2 −1.5 2026年第三季度 文书 示范户"
    assert (
        render("{{ day|full_day }}", day=date(2026, 1, 5))
        == '<time datetime="2026-01-05">2026年1月5日</time>'
    )


def test_the_days_left_count_down_to_today():
    assert render("{{ day|days_left }}", day=date(2026, 11, 17)) == "3天"
    assert render("{{ day|days_left }}", day=date(2026, 11, 14)) == "今天"
