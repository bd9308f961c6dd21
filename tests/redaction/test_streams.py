"""What a project's code prints beside a run is shown line by line, without secrets."""

import sys

import pytest

from support.redaction.streams import redacted_output


def test_what_is_printed_has_no_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    with redacted_output():
        sys.stdout.write("password=hush-")
        sys.stdout.write("4711 and on\nnext")
        sys.stderr.write("password=hush-4711\n")
    sys.stdout.write(" line\n")
    seen = capsys.readouterr()
    assert seen.out == "password=<redacted> and on\nnext line\n"
    assert seen.err == "password=<redacted>\n"


def test_all_but_writing_is_the_streams_own(capsys: pytest.CaptureFixture[str]) -> None:
    encoding = sys.stdout.encoding
    with redacted_output():
        assert sys.stdout.encoding == encoding
        sys.stdout.write("begun")
        sys.stdout.flush()
        assert capsys.readouterr().out == ""
    assert capsys.readouterr().out == "begun"
