"""For plain `behave`, which loads only what stands directly in this folder: `steps/common` and the steps of one platform."""

from pathlib import Path

from support.runner.behave_adapter.steps import load_for_plain_behave

load_for_plain_behave(Path(__file__).parent)
