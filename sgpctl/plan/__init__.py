"""What should change: matching, differences, reasons, cost, safety rails, the Plan and its saved form.

Pure: two collections in, one value out. No clock, network, file or printing may enter.
"""
