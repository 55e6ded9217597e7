"""Where people are served: the officers' console and the helper's tablet at the door, and the JSON calls behind them.

It turns a press into one action of the line and shows the whole line back. It must not know the kiosk or the lobby display;
it reads bookings, to find the person at the door, and never changes one.
"""
