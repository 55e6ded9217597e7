"""Why paper says no: to a print agent, and to who reads its log."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal


class NoAgentPrinter(Refusal):
    """The office has no printer in service that this agent could drive. Details: `printers`, the keys it may name."""

    code = "no_agent_printer"
    status = 404

    def sentence(self) -> str:
        return _(
            "Điểm phục vụ không có máy in này cho máy phục vụ in. Hãy mở trang Máy in và thêm máy in loại “Qua máy phục vụ in”."
        )


class WhichPrinter(Refusal):
    """Several printers are driven by agents. Details: `printers`, their keys."""

    code = "which_printer"

    def sentence(self) -> str:
        keys = ", ".join(self.details["printers"])
        return _("Có nhiều máy in qua máy phục vụ in. Hãy chạy lại với --printer và một trong các mã: %(keys)s.", keys=keys)
