"""Tests of what runs on the boards."""
