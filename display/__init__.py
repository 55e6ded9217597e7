"""The lobby's board and voice, and a person's own ticket page on the phone.

It reads the line and shows it; the one thing it changes is a ticket its owner gives up. It must not know kiosks, counters' consoles
or bookings, and it shows and says numbers and counters, never a name.
"""
