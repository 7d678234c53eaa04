"""Signing in: phone codes by SMS, a second factor for staff, no open sign-up (an account is made or bound)."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.module_loading import import_string

from governance import second_factors
from governance.models import Appointment, User
from governance.refusals import Refused

# What the in-app backend would have sent, newest last; read by tests and by the demo's sign-in page.
OUTBOX: list[tuple[str, str]] = []
NOT_SENT = "短信这会儿发不出去。请核对手机号，过几分钟再试；急着用，请用登录名和密码登录，或者到村部找文书。"


class NotSent(Refused):
    """An SMS somebody waits for did not go out (503). Says the same of every number, registered or not."""

    status = 503


def send_sms(phone: str, text: str, *, template: str, **values: str) -> None:
    """Send one SMS by the function settings.SMS_SENDER names, or raise NotSent.

    The text never holds a score or a reason; providers that know approved templates only take `template` and `values`.
    """
    import_string(settings.SMS_SENDER)(phone, text, template=template, values=values)


class Adapter(DefaultAccountAdapter):
    """allauth's account adapter on our User with an encrypted phone."""

    def is_open_for_signup(self, request):
        """Accounts are made by a clerk or bound by a slip."""
        return False

    def phone_form_field(self, **kwargs):
        """A mainland mobile number, typed with or without spaces."""
        field = PhoneField(**kwargs)
        field.validators = [RegexValidator(r"^(\+?86)?1\d{10}$", "手机号是11位数字，请核对。")]
        return field

    def clean_phone(self, phone):
        """Keep the eleven digits only."""
        return phone.replace(" ", "").replace("-", "").removeprefix("+86").removeprefix("86")

    def get_phone(self, user):
        """(number, verified), or None."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user, phone, verified):
        """Keep a number on the account."""
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_index", "phone_verified"])

    def set_phone_verified(self, user, phone):
        """The code sent to the number was typed back."""
        user.phone_verified = True
        user.save(update_fields=["phone_verified"])

    def get_user_by_phone(self, phone):
        """The active account with this number, or None."""
        return User.objects.filter(phone_index=self.clean_phone(phone), is_active=True).first()

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        """The code itself, and nothing about the household."""
        text = f"联评验证码{code}，10分钟内有效。不要告诉别人，村里的人也不会问您要。"
        send_sms(phone, text, template="code", code=code)

    def send_unknown_account_sms(self, phone, **kwargs):
        """Said by SMS only, so that the page does not tell strangers who has an account."""
        text = "这个号码还没有登记。请带身份证到村部找文书，领一张绑定手机的纸条。"
        send_sms(phone, text, template="unknown")


class SecondFactor(DefaultMFAAdapter):
    """Labels of authenticators, how their secrets are kept, and who must have one."""

    def encrypt(self, text):
        """A secret as it is stored."""
        return second_factors.seal(text)

    def decrypt(self, encrypted_text):
        """A secret as it is used; one from before secrets were sealed stands as it is."""
        return second_factors.opened(encrypted_text)

    def get_totp_label(self, user):
        """Shown in the authenticator app."""
        return user.username

    @staticmethod
    def needed(user) -> bool:
        """Staff need a second factor where STAFF_TOTP is on (always in production)."""
        return bool(
            settings.STAFF_TOTP
            and user.is_authenticated
            and Appointment.objects.filter(user=user).exists()
            and not user.authenticator_set.filter(type="totp").exists()
        )
