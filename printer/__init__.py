"""Slips on paper: how they look, the queue in front of each printer, and how a page is known to have come out.

It knows no office and no ticket: a printer stands at a `place` and a job belongs to a `reference`, two texts whose meaning
only the callers know.
"""
