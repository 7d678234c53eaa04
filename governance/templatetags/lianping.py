"""The drawn grammar of every page as tags: icons, standing, points, time, forms, page turning.

Source: design 6-experience.md and mockups/README.md. Nothing here touches the database.
"""

from datetime import date, datetime
from functools import cache, lru_cache

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, ChoiceField, Field, RadioSelect, Select
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from governance.models.people import Role
from governance.periods import quarter_label
from governance.points import format_points, format_total

register = template.Library()

# What Django says of itself, and the clerk's words for it; a form's own words stay.
_OWN_WORDS = [
    (Field.default_error_messages["required"], "这一处还空着，请补上。"),
    (ChoiceField.default_error_messages["invalid_choice"], "请从列出来的里面选。"),
]
STANDINGS = {"green": "示范户", "blue": "达标户", "red": "待提升户", "none": "未参加"}
DAYS_SHORT = 3
_CURRENT = mark_safe(' aria-current="true"')
# The first mark found counts: a phone's description also names Linux or Mac.
DEVICES = [
    ("MicroMessenger", "手机微信"),
    ("iPhone", "苹果手机"),
    ("iPad", "平板"),
    ("Harmony", "鸿蒙手机"),
    ("Android", "安卓手机"),
    ("Windows", "Windows电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux电脑"),
]


@register.simple_tag
def icon(name, small=False, css="lp-ico"):
    """One drawing of the sprite; `s-…` (standing) and `d-…` (timeline) are named in full."""
    return _drawn(name, f"{css} lp-ico--sm" if small else css)


@cache
def _drawn(name, css):
    symbol = name if name.startswith(("s-", "d-")) else f"i-{name}"
    sprite = static("icons/icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sprite, symbol)


@register.simple_tag
@cache
def styles(*names):
    """The style sheets of css/ by name, in this order."""
    links = ((static(f"css/{name}.css"),) for name in names)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag
def standing(colour, draft=False):
    """Standing as shape and word; `draft` hatches a colour nobody has signed yet. Blank: not enrolled."""
    colour = colour or "none"
    css = f"lp-status--{colour} lp-status--draft" if draft else f"lp-status--{colour}"
    shape = icon(f"s-{colour}", css="lp-shape")
    return format_html('<span class="lp-status {}">{}{}</span>', css, shape, STANDINGS[colour])


@register.filter
def standing_name(colour):
    """A standing as it is said: 示范户; where its shape stands by itself."""
    return STANDINGS[colour]


@register.simple_tag
def points(tenths, held=False, undone=False, large=False):
    """Points as a figure in a rectangle, from tenths. `held` does not count now; `undone` was reversed."""
    return _figure(tenths, held, undone, large)


@lru_cache(1000)
def _figure(tenths, held, undone, large):
    sign = "plus" if tenths > 0 else "minus" if tenths < 0 else "zero"
    kind = "held" if held else "undone" if undone else sign
    size = " lp-pt--lg" if large else ""
    return format_html('<span class="lp-pt lp-pt--{}{}">{}</span>', kind, size, format_points(tenths))


@register.simple_tag
def due(deadline, mine=True, paused=False):
    """Days left to a date or moment as a pill; gold only for the reader's own turn, three days or fewer."""
    last = _local_day(deadline)
    left = (last - timezone.localdate()).days
    if paused:
        kind, words = " lp-due--paused", "暂停计时"
    elif left < 0:
        kind, words = " lp-due--late", f"超期{-left}天"
    else:
        kind = " lp-due--soon" if mine and left <= DAYS_SHORT else ""
        words = f"还剩{left}天" if left else "今天截止"
    pill = '<span class="lp-due{}">{}<time datetime="{}"><b>{}</b></time></span>'
    return format_html(pill, kind, icon("clock"), last.isoformat(), words)


@register.filter
def days_left(deadline):
    """Days left to a date or moment in running text: 3天, on the last day 今天."""
    left = (_local_day(deadline) - timezone.localdate()).days
    return f"{left}天" if left else "今天"


@register.filter
def day(value):
    """A date or moment as 11月17日, with the year when it is not this one; never broken across lines."""
    if not value:
        return ""
    local = _local_day(value)
    return _day(local, local.year != timezone.localdate().year)


@lru_cache(1000)
def _day(local, with_year):
    year = f"{local.year}年" if with_year else ""
    return format_html(
        '<time datetime="{}">{}{}月{}日</time>', local.isoformat(), year, local.month, local.day
    )


@register.filter
def full_day(value):
    """A date or moment as 2026年11月17日, as it is written on paper."""
    local = _local_day(value)
    return format_html(
        '<time datetime="{}">{}年{}月{}日</time>', local.isoformat(), local.year, local.month, local.day
    )


@register.filter
def moment(value):
    """A moment as 11月13日20:41 in local time."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return format_html("{}{}", day(local), f"{local:%H:%M}")


@register.filter
def total(tenths):
    """A total from tenths: 104.5."""
    return format_total(tenths)


@register.filter
def signed(tenths):
    """Points in running text, from tenths: +2, −1.5, 0."""
    return format_points(tenths)


@register.filter
def quarter_name(quarter):
    """A quarter as it is said: 2026年第三季度; empty stays empty."""
    return quarter_label(quarter) if quarter else ""


@register.filter
def role_name(role):
    """A role as it is said: 文书; what is no role stays as it is."""
    return dict(Role.choices).get(role, role)


@register.filter
def quantity(milli):
    """A quantity from thousandths without trailing zeros: 2500 reads 2.5."""
    whole, rest = divmod(milli, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


@register.filter
def device(user_agent):
    """A browser's own description as a villager would call the thing."""
    return next((words for mark, words in DEVICES if mark in user_agent), "说不清是什么设备")


@register.simple_tag
def rename(bound, label, help=""):
    """Give a field of somebody else's form our label and help; write it above the form's {% errors %}."""
    bound.label, bound.help_text = label, help
    return ""


@register.inclusion_tag("components/field.html")
def field(bound):
    """One form field: label, help, error, widget. Bootstrap's classes are put on here, not in the forms.

    Placeholders go: they vanish as soon as one writes, help text stays.
    """
    widget = bound.field.widget
    widget.attrs.pop("placeholder", None)
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    single = isinstance(widget, CheckboxInput)
    _add_class(widget, "form-check-input" if grouped or single else _control_class(widget))
    return {
        "field": bound,
        "slips": _slips(bound),
        "widget": None if grouped else bound,
        "options": list(bound) if grouped else [],
        "single_check": single,
    }


@register.inclusion_tag("components/errors.html")
def errors(*forms):
    """Everything to put right in one or more forms, each line a link to its field."""
    return {"rows": [row for form in forms if form for row in _error_rows(form)]}


@register.simple_tag
def village_links(villages, current):
    """A line for each village one works for, to go there; drawn here, for a county has hundreds."""
    address = reverse("choose-village", args=["-"])
    lines = (
        (address.replace("-", village.code), _CURRENT if village == current else "", village.name)
        for village in villages
    )
    return format_html_join("", '<li><a href="{}"{}>{}</a></li>', lines)


@register.inclusion_tag("components/pages.html", takes_context=True)
def pages(context, page):
    """Page turning for a Paginator page; keeps the rest of the query string."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": numbers}


def _local_day(value) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _control_class(widget) -> str:
    return "form-select" if isinstance(widget, Select) else "form-control"


def _add_class(widget, css):
    present = widget.attrs.get("class", "").split()
    widget.attrs["class"] = " ".join([*present, css] if css not in present else present)


def _error_rows(form):
    for error in form.non_field_errors():
        yield {"text": error}
    for bound in form:
        # A group of choices has no id of its own: its first choice is where to go.
        anchor = bound.id_for_label or f"{bound.auto_id}_0"
        for slip in _slips(bound):
            yield {"text": f"{bound.label}：{slip}", "href": "" if bound.is_hidden else anchor}


def _slips(bound) -> list[str]:
    """What is wrong with a field, in the clerk's words where Django's own sound like a machine."""
    found = bound.form.errors.as_data().get(bound.name, [])
    return [_own_words(error.message) or " ".join(error.messages) for error in found]


def _own_words(message) -> str:
    return next((words for djangos, words in _OWN_WORDS if message == djangos), "")
