"""What it costs: pure functions on arrays and frames."""
