"""Secrets in files that others have written."""

from pathlib import Path

from support.evidence.files import redact_abandoned, redact_files

RUN = "20261127-060000-abcdef"


def abandoned_run(results: Path, name: str = RUN) -> Path:
    log = results / name / "logs" / "shop.log"
    log.parent.mkdir(parents=True)
    log.write_text("Authorization: Bearer abcdefgh12345678\nmail to ann@example.org\n")
    return log


def test_a_killed_runs_logs_are_redacted_once(tmp_path: Path) -> None:
    log = abandoned_run(tmp_path)
    assert redact_abandoned(tmp_path, lambda: ()) == [tmp_path / RUN]
    assert "abcdefgh12345678" not in log.read_text()
    assert "ann@example.org" not in log.read_text()
    assert redact_abandoned(tmp_path, lambda: ()) == []


def test_what_is_under_way_or_has_its_record_is_left_alone(tmp_path: Path) -> None:
    under_way, done = abandoned_run(tmp_path), abandoned_run(tmp_path, "20261127-070000-abcdef")
    (done.parents[1] / "run.json").write_text("{}")
    before = under_way.read_text()
    assert redact_abandoned(tmp_path, lambda: {RUN}) == []
    assert under_way.read_text() == done.read_text() == before


def test_variables_as_a_process_has_them_are_text_in_spite_of_their_zeros(tmp_path: Path) -> None:
    log = tmp_path / "services" / "environ.log"
    log.parent.mkdir()
    log.write_bytes(b"HOME=/root\0API_KEY=hush-hush-4711\0ROWS=60\0")
    redact_files(tmp_path)
    assert log.read_bytes() == b"HOME=/root\0API_KEY=<redacted>\0ROWS=60\0"
