"""Test sets, metrics, the runner and the report (one file each)."""
