"""Keyed hashes of what limits count: a phone, a device, an address. Nobody gets back without the server's secret. Pure."""

from __future__ import annotations

import hmac


def phone_hash(phone: str, secret: str) -> str:
    """Of a telephone number (E.164)."""
    return _keyed("phone", phone, secret)


def device_hash(device: str, secret: str) -> str:
    """Of the random mark a browser keeps in its cookie."""
    return _keyed("device", device, secret)


def address_hash(address: str, secret: str) -> str:
    """Of a network address."""
    return _keyed("address", address, secret)


def code_hash(phone: str, code: str, secret: str) -> str:
    """Of a code sent to a phone."""
    return _keyed("code", f"{phone}\n{code}", secret)


def _keyed(purpose: str, text: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{purpose}\n{text}".encode(), "sha256").hex()
