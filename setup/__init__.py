"""The set-up pages of an office and the demo ward: previews bookings and shows printers. Knows no kiosk, counter or display."""
