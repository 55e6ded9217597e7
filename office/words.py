"""The office's own words as screens and paper say them."""

from __future__ import annotations

from core.i18n import choose_language
from office.models import Service


def service_name(service: Service, lang: str | None = None) -> str:
    """The service in `lang`, else in the language of the request; in Vietnamese where nobody has named it in another."""
    return service.name_en if (lang or choose_language()) == "en" and service.name_en else service.name
