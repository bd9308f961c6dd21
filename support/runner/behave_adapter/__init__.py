"""Everything that the runner uses of behave besides its documented interface; `tests/runner/test_behave_adapter.py` pins it."""
