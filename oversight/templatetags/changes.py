"""Before and after, drawn."""

from django import template
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from oversight.changes.diffs import SEALED, Change

register = template.Library()
LONGEST = 80
_PLAIN = mark_safe('<span class="d-block">{}</span>')
_SEALED = mark_safe('<span class="d-block">{}<span class="lp-cap">：{}</span></span>')
_NEW = mark_safe('<span class="d-block">{}：<ins>{}</ins></span>')
_CHANGED = mark_safe('<span class="d-block">{}：<del>{}</del> 改成 <ins>{}</ins></span>')


@register.simple_tag
def diff(changes):
    """Which fields, from what to what where that may be said."""
    return format_html_join("", "{}", ((_drawn(change),) for change in changes))


def _drawn(change: Change):
    if change.is_sealed:
        return format_html(_SEALED, change.field, SEALED)
    before, after = (truncatechars(text, LONGEST) for text in (change.before, change.after))
    if before:
        return format_html(_CHANGED, change.field, before, after)
    return format_html(_NEW, change.field, after) if after else format_html(_PLAIN, change.field)
