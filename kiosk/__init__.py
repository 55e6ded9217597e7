"""The kiosk: a walk-in takes a number, a booked person checks in, by QR, by code, or from the own phone.

It joins what the rooms below keep apart: it copies a booking's hour into a ticket and composes the slip that is printed.
It must not know counters' consoles or displays, and it never decides who is next: that is the line's.
"""
