"""`ringmaster record`: recordings made anew, compared, and refused where they cannot be made."""

from pathlib import Path

from support.platforms.tracebloc.playbook.sdk.flows import FLOWS, cassette_of
from tests.runs.conftest import Ringmaster


def test_recording_again_gives_the_kept_recordings_and_no_drift(ringmaster: Ringmaster, tmp_path: Path) -> None:
    recorded = ringmaster("record", "--folder", str(tmp_path / "cassettes"))
    assert recorded.exit_code == 0, recorded.output
    for flow in FLOWS:
        assert cassette_of(flow, tmp_path / "cassettes").read_text() == cassette_of(flow).read_text()


def test_drift_is_named_and_ends_with_1(ringmaster: Ringmaster, tmp_path: Path) -> None:
    kept = cassette_of("training").read_text()
    cassette_of("training", tmp_path).write_text(
        kept.replace("status_display: Pending", "status_display: 3").replace("circle: 20", "oval: 20")
    )
    checked = ringmaster("record", "training", "--check", "--folder", str(tmp_path))
    assert checked.exit_code == 1, checked.output
    assert "training: 2 differences" in checked.output
    assert "POST /check-model/ (linking_dataset): answer.class_names.oval was a number, is missing" in checked.output
    assert "GET /experiment-status/experiment-1/: answer.status_display was a number, is a text" in checked.output


def test_an_unknown_flow_is_refused_before_anything_starts(ringmaster: Ringmaster) -> None:
    refused = ringmaster("record", "trainings")
    assert refused.exit_code == 2
    assert "Did you mean 'training'?" in refused.output


def test_a_missing_recording_is_named(ringmaster: Ringmaster, tmp_path: Path) -> None:
    refused = ringmaster("record", "training", "--check", "--folder", str(tmp_path))
    assert refused.exit_code == 2
    assert "training.yaml" in refused.output
