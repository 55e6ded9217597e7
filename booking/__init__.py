"""Booked hours: published services and slots, appointments with their QR, and the city page.

It reads the line (people waiting) and never changes it; it knows nothing of kiosks, counters' consoles or displays.
"""
