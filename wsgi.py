"""The whole product put together: `create_app()` and nothing else. Importing this builds nothing."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import timedelta

from flask import Flask
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from core import api, i18n, pages, rights
from core.clock import Clock, SystemClock
from core.config import Config, ConfigError, load_config
from core.database import Database
from core.events import EventBus
from core.realtime import Realtime, make_socketio
from core.web import Services
from notices.channels import FileChannel
from notices.outbox import Outbox
from office import store
from office.events import OfficeChanged
from office.signin import identify
from printer.commands import printer_group
from printer.events import PrinterChanged, PrintJobChanged
from printer.spool import Spool
from printer.store import spool_age

SPOOL_STUCK_S = 60
"""A job that waited longer than any printer's sequence takes means that nobody works the spool."""


def create_app(config: Config | None = None, clock: Clock | None = None) -> Flask:
    """The application. Without arguments it is configured by the environment and lives by the machine's clock."""
    try:
        config = config or load_config()
    except ConfigError as error:
        raise SystemExit(str(error)) from error
    bus = EventBus()
    database = Database(config.database_url, on_commit=bus.publish)
    app = Flask("dung_gio", static_folder=None)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="dung_gio",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=14),
        MAX_CONTENT_LENGTH=256 * 1024,
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
    )
    services = Services(config, clock or SystemClock(), database, bus)
    app.extensions["dung-gio"] = services
    i18n.install(app)
    rights.install(app, identify)
    pages.install(app)
    app.register_blueprint(api.blueprint)
    realtime = Realtime(
        app, make_socketio(app), identify=identify, versions=store.versions, redis_url=config.redis_url
    )
    app.extensions["realtime"] = realtime
    bus.subscribe(OfficeChanged, lambda event: realtime.changed(event.office))
    for room in ("office", "booking", "kiosk", "counter", "display", "reports", "setup"):
        for module in ("routes", "api", "live", "commands"):
            if importlib.util.find_spec(f"{room}.{module}"):
                try:
                    loaded = importlib.import_module(f"{room}.{module}")
                except ImportError as error:
                    print(f"SKIPPED {room}.{module}: {error}")
                    continue
                if hasattr(loaded, "blueprint"):
                    app.register_blueprint(loaded.blueprint)
                for feed in getattr(loaded, "FEEDS", ()):
                    realtime.add(feed)
    from office.commands import office_group
    app.cli.add_command(office_group)
    app.cli.add_command(printer_group)
    spool = Spool(database, services.clock, config.data_dir / "printed")
    bus.subscribe(PrintJobChanged, spool.on_job_changed)
    bus.subscribe(PrintJobChanged, lambda event: realtime.changed(event.place))
    bus.subscribe(PrinterChanged, lambda event: realtime.changed(event.place))
    services.background.extend([spool.run, Outbox(database, services.clock, [FileChannel(config.data_dir)]).run])
    services.checks.update({"database": lambda: _database_answers(database), "spool": lambda: _spool_moves(services)})
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _database_answers(database: Database) -> str:
    with database.reading() as session:
        session.execute(text("SELECT 1"))
    return "ok"


def _spool_moves(services: Services) -> str:
    with services.database.reading() as session:
        age = spool_age(session, services.clock.now()) or 0
    return "ok" if age < SPOOL_STUCK_S else f"the oldest job has waited {age:.0f} s"
