"""Whom the mail server's password is given to: nobody but the server its certificate names."""

import ssl
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.mail.backends import smtp
from django.utils import timezone

from config import mail
from notifications.channels.base import Letter, SendError
from notifications.channels.email import Smtp
from tests.notifications.postbox import Postbox

LETTER = Letter("wangdaye@example.com", str(uuid4()), "您家的异议有了答复", "请登录联评看。")


@pytest.fixture
def certificate(tmp_path):
    """A certificate of "localhost" that its own maker signed, as PEM with its key in one file."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "t")]),
    )
    now = timezone.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "localhost.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(certificate):
    """(postbox, its sender): a mail server that wants STARTTLS and a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box = Postbox()
    with box.running(tls_context=context, require_starttls=True, auth_required=True) as (_, port):
        url = f"smtp://post:{box.password}@localhost:{port}"
        yield (
            box,
            Smtp(
                mail.connection(url) | {"timeout": 5}, "lianping@village.example", "https://lianping.example"
            ),
        )


def test_a_server_that_cannot_show_who_it_is_gets_neither_password_nor_mail(server):
    box, sender = server
    with pytest.raises(SendError, match="SSLCertVerificationError"):
        sender.send(LETTER)
    assert (box.asked, box.mails) == ([], [])


def test_a_server_that_shows_who_it_is_takes_the_mail(server, certificate, monkeypatch):
    box, sender = server
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(smtp.EmailBackend, "ssl_context", trusting)
    sender.send(LETTER)
    assert box.asked == ["post"]
    assert len(box.mails) == 1


def test_a_wrong_password_is_for_the_operator_to_mend(server, certificate, monkeypatch):
    box, sender = server
    monkeypatch.setattr(smtp.EmailBackend, "ssl_context", ssl.create_default_context(cafile=certificate))
    box.password = "changed"
    with pytest.raises(SendError, match="535"):
        sender.send(LETTER)
