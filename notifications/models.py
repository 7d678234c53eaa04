"""What people are told: messages made from events and deadlines, and their deliveries (design/4-architecture.md, outbox).

No text here holds a name, a score or a reason: it says that something happened and where to look; the page behind the
link asks who may read it. So nothing here has to be erased with a household's words, and an SMS can never leak any.
"""

from datetime import time

from django.db import models
from django.db.models import Q

from governance.fields import EncryptedTextField
from governance.models import Division, Event, User
from governance.models.base import Keyed


class Channel(models.TextChoices):
    """By which way somebody is told. The inbox is always one of them."""

    INBOX = "inbox", "站内"
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"
    WECHAT = "wechat", "微信"
    SLIP = "slip", "纸条"


class Topic(models.TextChoices):
    """What a message is about, in the words of the preferences page."""

    HOME = "home", "我家的事"
    WORK = "work", "要我办的事"
    NOTICE = "notice", "村里的公示"


class Relay(models.Model):
    """How far a village's events have been made into messages: everything before leaf `seq` is done.

    Who appends to a village's log holds its head's lock until the commit, so leaves come into sight in their order and
    none is ever added before one already seen: one number a village says exactly what is left.
    """

    village = models.OneToOneField(Division, models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField(default=0, help_text="the next leaf to read")
    read_at = models.DateTimeField(null=True, blank=True)
    # The last time reading failed: kind and place of the error (governance.failures), how often by now.
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)


class Message(Keyed):
    """One thing told to one person, or to a household in which nobody has an account (then by paper slip)."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=100, help_text='"event:<id>", or "deadline:<id>:<due>:<mark>"')
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("哪一种", max_length=60, help_text="name of its template: notifications.kinds")
    topic = models.CharField("哪一类", max_length=8, choices=Topic.choices)
    to = models.CharField(max_length=50, help_text='"user:<key>" or "household:<key>"')
    recipient = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    subject_key = models.UUIDField(null=True, help_text="the household it concerns, if one is")
    title = models.CharField("标题", max_length=60)
    text = models.CharField("内容", max_length=400)
    short = models.CharField(
        "短信", max_length=140, help_text="what leaves the house: SMS, WeChat, the digest"
    )
    path = models.CharField(max_length=200, blank=True, help_text="the page where it is read or done")
    is_urgent = models.BooleanField(help_text="at once, by day; else with the next digest")
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "to"], name="message_once"),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(subject_key__isnull=False), name="message_has_reader"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-made_at"], name="message_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]


class Delivery(Keyed):
    """One message on one channel: waiting, under way, sent, given up, or not needed (any more)."""

    class State(models.TextChoices):
        WAITING = "waiting", "等着发"
        SENDING = "sending", "正在发"
        SENT = "sent", "发了"
        FAILED = "failed", "发不出去"
        DROPPED = "dropped", "不用发了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    is_digest = models.BooleanField(default=False, help_text="goes out together with the others that are due")
    due_at = models.DateTimeField(help_text="not before: end of quiet hours, the digest's hour, the next try")
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="a worker began to send it")
    claim = models.UUIDField(
        null=True, blank=True, help_text="which worker: one that lost it changes nothing"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    reference = models.CharField(
        max_length=100, blank=True, help_text="the provider's number, or who handed a slip over"
    )
    done_at = models.DateTimeField(null=True, blank=True, help_text="sent, given up or dropped")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="delivery_open"
            ),
            models.Index(fields=["village", "state", "channel"], name="delivery_village"),
        ]


class Preference(Keyed):
    """How one person wants to be told; who has none gets what `notifications.preferences` takes for granted."""

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    channels = models.JSONField(default=dict, help_text="{topic: [channel, …]}; the inbox is always on")
    email = EncryptedTextField(purpose="preference.email", verbose_name="邮箱", null=True, blank=True)
    wechat = EncryptedTextField(purpose="preference.wechat", verbose_name="微信", null=True, blank=True)
    quiet_from = models.TimeField("从几点起别打扰", default=time(21))
    quiet_to = models.TimeField("到几点", default=time(7))
    digest_at = models.TimeField("汇总几点发", default=time(8))
    changed_at = models.DateTimeField()


class CalendarKey(models.Model):
    """The secret part of somebody's calendar address, as its digest: who reads this table can open no calendar."""

    user = models.OneToOneField(User, models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
