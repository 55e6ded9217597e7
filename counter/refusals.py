"""Why the console or the tablet says no."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal


class NothingToPrint(Refusal):
    """The number was never printed: there is no slip to print once more."""

    code = "nothing_to_print"

    def sentence(self) -> str:
        return _("Số %(number)s chưa từng được in. Hãy ghi số ra giấy cho người dân.", **self.details)
