"""Notify's own process: takes facts and notices, delivers messages. The only place where its parts meet."""

import asyncio
import dataclasses
import ssl
import time
from functools import partial
from typing import Final

from msgspec.structs import replace

from services.chassis.delivery.consuming import finishing_for, watchdog_for
from services.chassis.delivery.kafka_pump import KafkaPump, Pace
from services.chassis.outages import retry_transient
from services.chassis.postgres import Pool, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.notify.agents import read_topics
from services.notify.channels.egress import Egress
from services.notify.channels.mail import MailServer
from services.notify.channels.sending import Channels, OneByOne
from services.notify.channels.sms import SmsGateway
from services.notify.channels.wechat import WeChat
from services.notify.domain.reaching import Ways
from services.notify.handlers import TellNotices, TellOfCases, TellReporters
from services.notify.metrics import NotifyMetrics
from services.notify.settings import NotifySettings
from services.notify.store.answers import PostgresAnswers, Reporters
from services.notify.store.book import PostgresBook
from services.notify.store.names import Names
from services.notify.store.subscriptions import PostgresSubscriptions
from services.notify.timers import Courier, CourierToReporters
from services.reference.versions.published import PublishedVersions

BACKLOG_SECONDS: Final = 10.0
REST_SECONDS: Final = 0.05
"""Short beside any sending."""


async def run(settings: NotifySettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with postgres_pool(settings.postgres) as pool, Egress(settings.networks, tls=trusting(settings)) as egress:
        metrics = NotifyMetrics.create(shell.registry)
        book, subscriptions = PostgresBook(pool), PostgresSubscriptions(pool, settings.keys)
        channels = channels_by(settings, egress, Names(PublishedVersions(pool), settings.language, shell.outages))
        courier = Courier(book, subscriptions, channels, metrics, shell.outages)
        answers = PostgresAnswers(pool)
        to_reporters = reporters_courier(settings, pool, channels, metrics, shell)
        finishing = finishing_for(shell, pool)
        pace = Pace(settings.batch_max, REST_SECONDS)
        pump = KafkaPump(settings.kafka, finishing, shell.progress, pace=pace, end=shell.die)
        read_topics(
            pump,
            TellOfCases(
                book=book,
                subscriptions=subscriptions,
                metrics=metrics,
                wake=courier.wake,
                reporters=TellReporters(answers=answers, metrics=metrics, wake=to_reporters.wake)
                if to_reporters
                else None,
            ),
            TellNotices(book=book, subscriptions=subscriptions, metrics=metrics, wake=courier.wake),
        )
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("partitions", pump.ready)
        watchdog = watchdog_for(shell, settings.postgres, finishing)
        shell.start("pump", pump.run(), stop=pump.stop)
        shell.start("courier", courier.run(), stop=courier.stop)
        if to_reporters:
            shell.start("answers", to_reporters.run(), stop=to_reporters.stop)
        shell.start("backlog", _show_backlog((book, answers), metrics, shell))
        watchdog.start()
        await shell.serve()
        watchdog.stop()


def trusting(settings: NotifySettings) -> ssl.SSLContext:
    """Return a TLS context that verifies, by the system's authorities and those of the settings."""
    context = ssl.create_default_context()
    if settings.certificates is not None:
        context.load_verify_locations(cafile=settings.certificates)
    return context


def channels_by(settings: NotifySettings, egress: Egress, names: Names) -> Channels:
    """Return the ways out that the settings name."""
    sms = mail = None
    if settings.sms_url:
        sms = SmsGateway(
            url=settings.sms_url,
            key_id=settings.sms_key_id,
            key_secret=settings.sms_key_secret.get_secret_value(),
            sign_name=settings.sms_sign_name,
            template=settings.sms_template,
        )
    if settings.mail_host:
        mail = MailServer(
            host=settings.mail_host,
            port=settings.mail_port,
            tls=settings.mail_tls,
            sender=settings.mail_sender,
            user=settings.mail_user or None,
            password=settings.mail_password.get_secret_value() or None,
            context=trusting(settings),
        )
    wechat = wechat_by(settings) if settings.wechat_app_id else None
    return Channels(egress=egress, sms=sms, mail=mail, wechat=wechat, language=settings.language, names=names.current)


def wechat_by(settings: NotifySettings) -> WeChat:
    """Return the mini program that the settings name."""
    number, what, until = settings.wechat_fields.split(",")
    return WeChat(
        url=settings.wechat_url,
        app_id=settings.wechat_app_id,
        app_secret=settings.wechat_app_secret.get_secret_value(),
        template=settings.wechat_template,
        fields=(number, what, until),
        seconds=time.monotonic,
    )


def reporters_courier(
    settings: NotifySettings, pool: Pool, channels: Channels, metrics: NotifyMetrics, shell: Shell
) -> Courier | None:
    """Return what delivers answers to reporters; None where no way out to them is set up."""
    if not settings.reaches_reporters:
        return None
    ways = Ways(sms=channels.sms is not None, mail=channels.mail is not None, wechat=channels.wechat is not None)
    reporters = Reporters(pool=pool, keys=settings.keys, ways=ways)
    sms = channels.sms and replace(channels.sms, template=settings.sms_resident_template or settings.sms_template)
    told = OneByOne(dataclasses.replace(channels, sms=sms))
    return CourierToReporters(PostgresAnswers(pool), reporters, told, metrics, shell.outages)


async def _show_backlog(books: tuple[PostgresBook, PostgresAnswers], metrics: NotifyMetrics, shell: Shell) -> None:
    while True:
        seen = [await retry_transient(book.backlog, shell.outages) for book in books]
        metrics.waiting.set(sum(waiting for waiting, _ in seen))
        metrics.dead.set(sum(dead for _, dead in seen))
        calls, oldest_seconds = await retry_transient(books[1].calls, shell.outages)
        metrics.calls.set(calls)
        metrics.calls_oldest.set(oldest_seconds)
        await asyncio.sleep(BACKLOG_SECONDS)


if __name__ == "__main__":
    run_service("notify", {"": Process(NotifySettings, run)})
