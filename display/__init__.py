"""The lobby's board and voice, and a person's own ticket page on the phone.

It reads the line and shows it; the one thing it changes is a ticket that its person gives up. It must not know the kiosk or
the officers' console, and it shows and says numbers and counters, never a name.
"""
