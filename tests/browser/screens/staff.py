"""Signing in, and making a browser a device."""

from __future__ import annotations

from playwright.sync_api import Page


class SignIn:
    """`/sign-in`."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def enter(self, username: str, password: str) -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)


class Pairing:
    """`/pair/<code>`: the link of the sheet, opened on the machine that becomes the device."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def pair(self, code: str) -> None:
        self.page.goto(f"/pair/{code}")
        self.page.get_by_role("button", name="Ghép máy này").click()
        self.page.wait_for_url(lambda url: "/pair/" not in url)
