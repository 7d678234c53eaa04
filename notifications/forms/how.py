"""How somebody wants to be told."""

from django import forms

from notifications import preferences
from notifications.models import Channel, Preference, Topic


def _clock(label: str) -> forms.TimeField:
    """An hour of the day, with the browser's own clock where it has one."""
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "请写几点，比如21:00。", "invalid": "看不出是几点，写成21:00这样。"},
    )


class HowForm(forms.Form):
    """By which ways for each topic, and when not. A way that was on can always be turned off."""

    quiet_from = _clock("晚上几点起别打扰")
    quiet_to = _clock("到早上几点")
    digest_at = _clock("不急的汇总成一条，几点发")

    def __init__(self, preference: Preference, topics: list[str], data=None):
        initial = {name: getattr(preference, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        self.preference, self.topics = preference, topics
        usable = preferences.usable(preference.user, preference)
        for topic in topics:
            on = preferences.channels(preference, topic)
            offered = [way for way in preferences.OUT if way in usable or way in on]
            self.fields[topic] = forms.MultipleChoiceField(
                label=Topic(topic).label, required=False, initial=on, widget=forms.CheckboxSelectMultiple,
                choices=[(way, Channel(way).label) for way in offered],
            )  # fmt: skip

    def matrix(self) -> list[tuple]:
        """For the table: (topic's field, [(channel, its tick, or None where it cannot be chosen)])."""
        rows = []
        for topic in self.topics:
            ticks = {option.data["value"]: option for option in self[topic]}
            rows.append((self[topic], [(Channel(way), ticks.get(way)) for way in preferences.OUT]))
        return rows

    def chosen(self) -> dict:
        """What `preferences.change` takes; topics that are not asked for stay as they are."""
        said = self.cleaned_data
        channels = {
            topic: said[topic] if topic in self.topics else preferences.channels(self.preference, topic)
            for topic in Topic.values
        }
        return {"channels": channels} | {name: said[name] for name in self.base_fields}
