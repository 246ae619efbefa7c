"""The way out against real sockets: deadlines, sizes, redirects, certificates, names that change their mind."""

import datetime as dt
import ssl
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notify.channels.destinations import RefusedDestinationError
from services.notify.channels.egress import ANSWER_BYTES_MAX, CannotReachError, Egress
from tests.wire.notify.receiver import answering, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)


async def test_a_message_arrives_with_its_headers_and_its_host() -> None:
    async with receiving() as receiver, Egress(LOOPBACK, seconds_max=60.0) as egress:
        answer = await egress.post(f"http://127.0.0.1:{receiver.port}/hook?a=b", b"{}", {"webhook-id": "1"})

    assert answer.status == 204
    (received,) = receiver.received
    assert (received.body, received.headers["webhook-id"]) == ("{}", "1")
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert received.headers["accept-encoding"] == "identity"


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with receiving() as receiver, receiving() as elsewhere, Egress(LOOPBACK, seconds_max=60.0) as egress:
        receiver.answer = lambda _: answering(302, f"Location: http://127.0.0.1:{elsewhere.port}/\r\n")

        answer = await egress.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})

    assert (answer.status, elsewhere.received) == (302, [])


async def test_a_receiver_that_never_answers_is_cut_at_the_deadline() -> None:
    async with receiving() as receiver, Egress(LOOPBACK, seconds_max=0.3) as egress:
        receiver.answer = lambda _: b"HTTP/1.1 200 OK\r\nX-Slow:"

        with pytest.raises(CannotReachError):
            await egress.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})


async def test_an_endless_answer_is_cut_and_its_status_counts() -> None:
    async with receiving() as receiver, Egress(LOOPBACK, seconds_max=60.0) as egress:
        receiver.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n" + b"x" * 1_000_000

        answer = await egress.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})

    assert (answer.status, len(answer.body)) == (200, ANSWER_BYTES_MAX)


async def test_loopback_is_refused_unless_allowed() -> None:
    async with receiving() as receiver, Egress(()) as egress:
        with pytest.raises(RefusedDestinationError):
            await egress.post(f"http://127.0.0.1:{receiver.port}/", b"{}", {})

    assert receiver.received == []


async def test_a_name_that_leads_inside_at_delivery_is_refused() -> None:
    answers = [["8.8.8.8"], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with Egress((), resolve=rebinding) as egress:
        assert await egress.check("https://rebinding.example/") == "rebinding.example:443"

        with pytest.raises(RefusedDestinationError):
            await egress.post("https://rebinding.example/", b"{}", {})


async def test_a_certificate_proves_the_name_not_the_address(tmp_path: Path) -> None:
    authority, server_tls = a_certificate(tmp_path, "hook.example")

    async def inside(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with (
        receiving(server_tls) as receiver,
        Egress(
            LOOPBACK, tls=ssl.create_default_context(cafile=authority), resolve=inside, seconds_max=60.0
        ) as trusting,
        Egress(LOOPBACK, resolve=inside, seconds_max=60.0) as distrusting,
    ):
        assert (await trusting.post(f"https://hook.example:{receiver.port}/", b"{}", {})).status == 204
        with pytest.raises(CannotReachError):  # another name
            await trusting.post(f"https://other.example:{receiver.port}/", b"{}", {})
        with pytest.raises(CannotReachError):  # self-signed
            await distrusting.post(f"https://hook.example:{receiver.port}/", b"{}", {})

    assert len(receiver.received) == 1


def a_certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """Return a self-signed certificate's file, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return pem, context
