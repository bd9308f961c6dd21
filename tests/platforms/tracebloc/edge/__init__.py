"""Tests of the services of one secure environment."""
