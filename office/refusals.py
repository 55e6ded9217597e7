"""Why the office says no."""

from __future__ import annotations

from core.i18n import gettext as _
from core.refusals import Refusal
from office.words import field_name, stopped_words


class WrongPassword(Refusal):
    """No such user name, or not its password: the two look the same."""

    code = "wrong_password"
    status = 401

    def sentence(self) -> str:
        return _("Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra phím Caps Lock và bộ gõ tiếng Việt rồi thử lại.")


class PairingUnknown(Refusal):
    """The pairing code is wrong, used or too old."""

    code = "pairing_unknown"
    status = 404

    def sentence(self) -> str:
        return _("Mã ghép thiết bị không đúng, đã dùng hoặc đã hết hạn. Hãy xin mã mới ở trang quản lý điểm phục vụ.")


class InvitationUnknown(Refusal):
    """The link to set a password is wrong, used, withdrawn or too old."""

    code = "invitation_unknown"
    status = 404

    def sentence(self) -> str:
        return _("Liên kết này không đúng, đã dùng hoặc đã hết hạn. Hãy xin trưởng điểm phục vụ một liên kết mới.")


class UsernameTaken(Refusal):
    """Another staff member has this user name."""

    code = "username_taken"

    def sentence(self) -> str:
        return _("Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.")


class FieldStopped(Refusal):
    """No numbers and hours of this field are given for the rest of today. Details: `field` ("" for everything), `reason`."""

    code = "field_stopped"

    def sentence(self) -> str:
        return f"{stopped_words(self.details['field'], self.details['reason'])} " + _("Mời ông/bà đến hoặc hẹn vào ngày khác.")


class AlreadyStopped(Refusal):
    """The field is stopped already. Details: `field` ("" for everything)."""

    code = "already_stopped"

    def sentence(self) -> str:
        if self.details["field"]:
            field = field_name(self.details["field"])
            return _("Lĩnh vực %(field)s đang đóng rồi. Muốn đổi lý do, hãy mở lại trước.", field=field)
        return _("Điểm phục vụ đang đóng toàn bộ rồi. Muốn đổi lý do, hãy mở lại trước.")
