"""The whole product put together: `create_app()` and nothing else. Importing this builds nothing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

import booking.api
import booking.city_api
import booking.city_routes
import booking.commands
import booking.find_routes
import booking.mine_routes
import booking.pages
import booking.routes
import booking.waiting_routes
import counter.api
import counter.day_api
import counter.day_routes
import counter.heard
import counter.live
import counter.routes
import display.api
import display.heard
import display.live
import display.rating
import display.routes
import display.voice_commands
import display.voice_routes
import kiosk.api
import kiosk.routes
import office.invite_routes
import office.routes
import printer.agent_api
import reports.city_routes
import reports.log_routes
import reports.officer_routes
import reports.replay_routes
import reports.routes
import setup.api
import setup.call_routes
import setup.change_routes
import setup.commands
import setup.counter_routes
import setup.device_routes
import setup.fleet_routes
import setup.office_file_commands
import setup.office_file_routes
import setup.pages
import setup.paper_routes
import setup.plan_routes
import setup.routes
import setup.service_routes
import setup.settings_routes
import setup.staff_routes
import setup.stop_api
import setup.stop_routes
import setup.template_routes
import setup.text_routes
import setup.today_api
import setup.today_live
import setup.today_routes
import setup.wizard_routes
from booking.city import City
from booking.events import BookingsChanged, PlacesChanged, PlanChanged
from booking.expected import ExpectedBookings
from booking.nearby import Nearby
from booking.opening_sheet import OpeningSheets
from booking.retention import tidy_personal
from booking.stragglers import Stragglers
from booking.waiting_service import serve_waiting
from core import (
    access,
    addresses,
    api,
    assets,
    background,
    health,
    i18n,
    idempotency,
    memory,
    metrics,
    pages,
    painter,
    rights,
    sharing,
)
from core.clock import Clock, SystemClock
from core.config import Config, ConfigError, load_config
from core.database import Database
from core.events import EventBus
from core.fanout import make_socketio
from core.metrics import Metrics
from core.realtime import Realtime
from core.web import Services
from display import voice_sounds
from notices.channels import EXTENSION, FileChannel, phone_channel
from notices.outbox import Outbox
from office import plans, signin, store
from office.commands import office_group
from office.events import OfficeChanged
from office.models import Office
from printer.bell import Bell
from printer.commands import printer_group
from printer.events import PrinterChanged, PrintJobChanged
from printer.spool import Spool
from queueing import forecasts, hearing, line_log
from queueing.commands import queueing_group
from reports import catching_up, watched
from setup.fleet_seen import Seen

BLUEPRINTS = (
    health.blueprint,
    api.blueprint,
    office.routes.blueprint,
    booking.pages.blueprint,
    booking.api.blueprint,
    booking.city_api.blueprint,
    kiosk.routes.blueprint,
    kiosk.api.blueprint,
    counter.routes.blueprint,
    counter.api.blueprint,
    counter.day_api.blueprint,
    counter.heard.blueprint,
    display.routes.blueprint,
    display.api.blueprint,
    display.heard.blueprint,
    display.rating.blueprint,
    printer.agent_api.blueprint,
    reports.routes.blueprint,
    setup.pages.blueprint,
    setup.api.blueprint,
)
FEEDS = (display.live.BOARD, counter.live.LINE, counter.heard.HEARD, setup.today_live.TODAY, display.live.TICKET)
"""In the order in which a change is sent: the hall sees it first, and the hundreds of telephones last."""

SIGNED_IN_FOR = timedelta(hours=14)
"""Longer than any working day, so that nobody is signed out at the counter."""


def create_app(config: Config | None = None, clock: Clock | None = None) -> Flask:
    """The application. Without arguments it is configured by the environment and lives by the machine's clock."""
    try:
        config = config or load_config()
    except ConfigError as error:
        raise SystemExit(str(error)) from error
    bus = EventBus()
    figures = Metrics()
    database = Database(config.database_url, on_commit=bus.publish, info={line_log.TZ: config.tz}, watch=figures)
    services = Services(config, clock or SystemClock(), database, bus)
    app = Flask("dung_gio", static_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="dung_gio",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        MAX_CONTENT_LENGTH=256 * 1024,
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
    )
    app.extensions["dung-gio"] = services
    app.extensions[voice_sounds.EXTENSION] = voice_sounds.Sounds(config.data_dir)
    app.extensions[metrics.EXTENSION] = figures
    access.install(app)
    addresses.install(app)
    i18n.install(app)
    rights.install(app, signin.identify)
    pages.install(app)
    sharing.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    assets.install(app)
    for group in (office_group, printer_group, queueing_group):
        app.cli.add_command(group)
    _go_live(app, services, figures)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _go_live(app: Flask, services: Services, figures: Metrics) -> None:
    """Screens hear of changes, paper and messages leave in the background, and /readyz looks after all of it."""
    config, database, clock, bus = services.config, services.database, services.clock, services.bus
    realtime = Realtime(app, make_socketio(app), doorkeeper=signin, versions=store.versions, redis_url=config.redis_url)
    app.extensions["realtime"] = realtime
    realtime.delivery.told = figures.snapshots_sent
    for feed in FEEDS:
        realtime.add(feed)
    services.warming.append(partial(plans.read_ahead, database, config.tz))
    ears = hearing.Hearing(database, clock, lambda office: realtime.changed(office, only=counter.heard.HEARD.namespace))
    app.extensions[hearing.EXTENSION] = ears
    services.background.append(ears.run)
    seen = Seen(database, clock)
    seen.listen(app)
    services.background.append(seen.run)
    spool = Spool(database, clock, config.data_dir / "printed")
    files = FileChannel(config.data_dir)
    channels = [files]
    app.extensions[EXTENSION] = channels
    outbox = Outbox(database, clock, channels)
    bus.subscribe(BookingsChanged, lambda event: realtime.changed(event.office))
    bus.subscribe(OfficeChanged, lambda event: realtime.changed(event.office))
    city, nearby = City(database, clock, config.tz), Nearby(clock, config.tz)
    app.extensions.update(city=city, nearby=nearby)
    phones, url = phone_channel(channels), config.public_url
    stragglers = Stragglers(database, clock, config.tz, public_url=url, channel=phones, context=app.app_context)
    app.extensions["stragglers"] = stragglers
    bus.subscribe(PlanChanged, stragglers.on_plan_changed)
    sheets = OpeningSheets(database, clock, config.tz, config.data_dir / "bookings", app.app_context)
    app.extensions["opening-sheets"] = sheets
    app.extensions[forecasts.EXTENSION] = forecasts.Forecasts(ExpectedBookings())
    bus.subscribe(BookingsChanged, sheets.on_bookings_changed)
    for looks in (city, nearby):
        bus.subscribe(BookingsChanged, looks.on_places_changed)
        bus.subscribe(PlacesChanged, looks.on_places_changed)
    bus.subscribe(OfficeChanged, city.on_office_changed)
    bus.subscribe(PrintJobChanged, spool.on_job_changed)
    bell = Bell()
    app.extensions[printer.agent_api.BELL] = bell
    bus.subscribe(PrintJobChanged, bell.on_job_changed)
    services.background.append(bell.run)
    bus.subscribe(PrintJobChanged, lambda event: _number_paper(services, event))
    bus.subscribe(PrinterChanged, lambda event: _number_paper(services, event))
    services.background.extend([spool.run, outbox.run, city.run, sheets.run, memory.Collecting().run])
    services.housekeeping.append(partial(idempotency.tidy, database, clock))
    services.housekeeping.append(partial(hearing.tidy, database, clock))
    services.housekeeping.append(stragglers.run)
    services.housekeeping.append(partial(catching_up.run, database, config.tz))
    services.housekeeping.append(partial(serve_waiting, database, clock, config.tz, config.public_url))
    services.housekeeping.append(partial(tidy_personal, database, clock, config.tz, files.files.forget_before))
    app.extensions["painter"] = partial(painter.hire, app)
    app.extensions["background"] = partial(background.start, services, figures)
    figures.figures.extend(watched.figures(database, clock, config))
    services.checks.update(watched.checks(database, clock))
    bus.subscribe(PrintJobChanged, lambda event: figures.print_job_changed(event.state))
    if config.redis_url:
        services.checks["redis"] = realtime.redis_answers


def _number_paper(services: Services, event: PrintJobChanged | PrinterChanged) -> None:
    """What became of paper is a change of its office's boards like any other, numbered, so that a lost message heals.

    A job that is only on its way came with a change that was numbered already.
    """
    if event.state in ("queued", "sending"):
        return
    with services.database.transaction() as session:
        place = session.scalar(select(Office).where(Office.code == event.place))
        if place is not None:  # a printer's place is only by custom an office's code
            store.lock_office(session, place)
