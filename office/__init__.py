"""The office itself: units, procedures, services, counters, hours, holidays, staff, devices and who may do what.

It knows nothing of tickets, appointments, paper or messages.
"""
