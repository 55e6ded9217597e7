"""Figures for the head of an office and for the city, computed from what is stored. Knows no kiosk, counter or display."""
