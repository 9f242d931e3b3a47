"""What cadence is measured with beyond rates: rhythm, intervals, changes, calendar, crowding; analysis/cadence.py is the way in."""
