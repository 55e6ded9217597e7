"""The line of an office: tickets, counters that call, and the rule who is next and why.

It must not know bookings: whoever checks a booking in copies its hour into the ticket, so `Waiting.slot_at` is all the line
ever sees of an appointment. It has no web pages. The modules that end in `rules` and `policy` are pure: frozen dataclasses
and a `now` in, a decision and its reason out, so that counter, forecast and simulator can never disagree.
"""
