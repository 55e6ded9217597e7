"""What every room stands on: configuration, clock, database, events, live screens, refusals, rights, words and looks.

It knows nothing of offices, tickets, bookings or paper; every other package may import it.
"""
