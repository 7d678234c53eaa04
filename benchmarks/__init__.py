"""Measured against the floor in the same run: ratios, not seconds (`python -m benchmarks.run`)."""
