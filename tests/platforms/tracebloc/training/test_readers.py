"""What a pod reads for each task, from the layout the ingestor leaves, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from environments.platforms.tracebloc.messaging.messages import ModelInput
from environments.platforms.tracebloc.training.data import UnreadableRows, split
from support.platforms.tracebloc.sample_data import numbers, pictures, texts
from tests.platforms.tracebloc.training.ingested import ingest


def test_a_picture_comes_as_bytes_in_the_models_size_with_the_index_of_its_class(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "image classification", train=9)
    rows, drawn = edge.rows(), pictures.drawings(9, 1, tuple(pictures.COLOURS))
    assert rows.features.shape == (9, 32, 32, 3)
    assert rows.features.dtype == np.uint8
    assert np.array_equal(rows.features[4], np.asarray(Image.open(edge.file("picture_004.png"))))
    assert [sorted(pictures.COLOURS)[label] for label in rows.labels] == [each.shape for each in drawn]


def test_pictures_are_resized_and_grayscale_ones_have_one_channel(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "image classification", train=3)
    work = edge.train_cycle()
    work.model_input.data_shape, work.model_input.data_type = 16, "grayscale"
    assert edge.task(work).rows.features.shape == (3, 16, 16, 1)


def test_masks_say_a_class_for_each_pixel_and_are_not_blurred(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "semantic segmentation", train=6)
    classes = edge.datasets["train"].classes
    assert classes == ["background", "circle", "square"]
    drawn = pictures.drawings(6, 1, ("background", "circle", "square"))
    assert np.array_equal(edge.rows().labels[2], np.asarray(pictures.mask(drawn[2], classes)))
    work = edge.train_cycle()
    work.model_input.data_shape = 48
    assert set(np.unique(edge.task(work).rows.labels)) == {0, 1, 2}


def test_key_points_come_in_the_order_of_their_names_and_in_pixels_of_the_models_picture(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "keypoint detection", train=4)
    marked = pictures.points(4, 1)
    assert edge.rows().labels[1].tolist() == [[*marked[1]["head"], 1.0], [*marked[1]["tail"], 1.0]]
    edge.change("""UPDATE train SET annotation = '{"tail": {"x": 8, "y": 4}, "head": [2, 6]}'""")
    work = edge.train_cycle()
    work.model_input.data_shape = 64
    assert edge.task(work).rows.labels[0].tolist() == [[4.0, 12.0, 1.0], [16.0, 8.0, 1.0]]


def test_boxes_are_scaled_and_filled_up_where_pictures_have_fewer(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "object detection", train=4)
    drawn = pictures.drawings(4, 1, ("square", "triangle"))
    more = edge.file("picture_001.xml")
    second = "<object><name>square</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>5</xmax><ymax>9</ymax></bndbox></object></annotation>"
    more.write_text(more.read_text().replace("</annotation></annotation>", "</annotation>").removesuffix("</annotation>") + second)
    work = edge.train_cycle()
    work.model_input.data_shape = 64
    labels = edge.task(work).rows.labels
    assert labels.shape == (4, 2, 5)
    assert labels[1, 1].tolist() == [0.0, 2.0, 4.0, 10.0, 18.0]
    assert labels[0, 0].tolist() == [float(drawn[0].shape == "triangle"), *(2.0 * side for side in drawn[0].box)]
    assert np.isnan(labels[0, 1]).all()


def test_texts_are_read_whole(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "text classification", train=6)
    rows = edge.rows()
    assert [(sorted(texts.TOPICS)[label], text) for text, label in zip(rows.features, rows.labels, strict=True)] == texts.of_topics(6, 1)
    assert list(ingest(tmp_path / "ring", "masked language modeling", train=3).rows().features) == texts.of_the_ring(3, 1)


def test_windows_are_followed_by_what_they_foretell_in_the_order_of_time(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "time series forecasting", train=30)
    edge.change("UPDATE train SET id = -id")
    rows, series = edge.rows(), numbers.waves(30, 1)
    assert rows.features.shape == (30 - 6 - 2 + 1, 6, 2)
    assert rows.features[3, 2] == pytest.approx([series[5]["level_before"], series[5]["level_seen"]])
    assert rows.labels[3] == pytest.approx([series[9]["level"], series[10]["level"]])
    training, validation = split(rows, 0.2, seed=1)
    assert len(validation) == 5
    assert validation.labels[0] == pytest.approx(rows.labels[-1])
    assert training.labels[0] == pytest.approx(rows.labels[-6])


def test_sequences_are_scaled_then_padded_and_have_one_class_each(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "time series classification", train=9)
    rows = edge.rows()
    assert rows.features.shape == (9, 8, 2)
    lengths = [sum(row["sequence_id"] == f"s{number:03d}" for row in numbers.gestures(9, 1)) for number in range(9)]
    assert [(sequence.any(axis=1)).sum() for sequence in rows.features] == lengths
    valid = rows.features[rows.features > 0]
    assert (valid.min(), valid.max()) == (pytest.approx(0.1), pytest.approx(1.0))
    assert rows.labels.tolist() == [0, 1, 2] * 3
    work = edge.train_cycle()
    work.model_input.sequence_length = 3
    assert edge.task(work).rows.features.shape == (9, 3, 2)


def test_lifetimes_come_with_whether_the_event_was_seen(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "time to event prediction", train=20)
    rows, table = edge.rows(), numbers.lifetimes(20, 1)
    assert rows.features.shape == (20, 4)
    assert rows.labels[7] == pytest.approx([table[7]["time"], table[7]["event"]])


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (
            "image classification",
            "UPDATE train SET filename = 'gone' WHERE id = 2",
            "file gone.png of table train cannot be read: No such file",
        ),
        ("image classification", "UPDATE train SET filename = '../test/picture_000' WHERE id = 2", "names a file outside its dataset"),
        ("image classification", "UPDATE train SET label = 'cat' WHERE id = 2", "1 label(s) are not among the dataset's 3 classes"),
        (
            "semantic segmentation",
            "UPDATE train SET mask_id = 'gone_mask' WHERE id = 2",
            "file gone_mask.png of table train cannot be read",
        ),
        ("semantic segmentation", "UPDATE train SET mask_id = 'picture_000'", "a mask holds the value"),
        ("keypoint detection", "UPDATE train SET annotation = '[1]'", "does not give each key point's x and y"),
        ("keypoint detection", "UPDATE train SET annotation = NULL WHERE id = 2", "does not give each key point's x and y"),
        ("keypoint detection", """UPDATE train SET annotation = '{"a": [1, 2]}' WHERE id = 2""", "do not all name the same key points"),
        ("time series forecasting", "DELETE FROM train WHERE id > 7", "7 records are too few for one window of 6 and 2 to foretell"),
        ("time series classification", "UPDATE train SET label = 'star' WHERE id = 2", "sequence s000 has 2 labels"),
        ("time to event prediction", "UPDATE train SET label = '2' WHERE id = 2", "the label has to be 1 where the event was seen"),
        ("time to event prediction", "UPDATE train SET time = -1 WHERE id = 2", "column time holds a time below 0"),
    ],
)
def test_data_that_cannot_be_used_is_refused_in_words(name: str, change: str, words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=12)
    edge.change(change)
    with pytest.raises(UnreadableRows) as failure:
        edge.rows()
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("name", "file", "content", "words"),
    [
        ("image classification", "picture_003.png", b"\x89PNG\r\n", "file picture_003 is not a picture that can be read"),
        ("semantic segmentation", "picture_003_mask.png", b"", "file picture_003_mask is not a picture that can be read"),
        ("object detection", "picture_003.xml", b"<annotation>", "the annotation of picture_003 is not Pascal VOC"),
        (
            "object detection",
            "picture_003.xml",
            b"<a><object><name>cat</name></object></a>",
            "the annotation of picture_003 is not Pascal VOC",
        ),
        ("text classification", "text_003.txt", b"\xff\xfe", "a file of table train is not UTF-8 text"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_words(name: str, file: str, content: bytes, words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=6)
    edge.file(file).write_bytes(content)
    with pytest.raises(UnreadableRows) as failure:
        edge.rows()
    assert words in str(failure.value)


def test_a_box_of_an_unknown_class_or_without_bounds_is_refused(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "object detection", train=4)
    annotation = edge.file("picture_002.xml")
    good = annotation.read_text()
    for bad, words in (
        (good.replace("<name>square", "<name>cat").replace("<name>triangle", "<name>cat"), "1 label"),
        (good.replace("<xmin>", "<xmin>nan"), "Pascal VOC"),
    ):
        annotation.write_text(bad)
        with pytest.raises(UnreadableRows, match=words):
            edge.rows()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("image classification", "the model does not say its image_size"),
        ("time series forecasting", "the model does not say its sequence_length"),
        ("time series classification", "the model does not say its sequence_length"),
    ],
)
def test_a_model_that_does_not_say_its_size_is_refused(name: str, words: str, tmp_path: Path) -> None:
    edge = ingest(tmp_path, name, train=12)
    with pytest.raises(UnreadableRows, match=words):
        edge.task(edge.train_cycle().model_copy(update={"model_input": ModelInput()}))


def test_no_file_is_changed_by_reading(tmp_path: Path) -> None:
    edge = ingest(tmp_path, "semantic segmentation", train=6)
    before = {path: path.stat().st_mtime_ns for path in edge.storage.shared_folder.rglob("*")}
    edge.rows()
    assert {path: path.stat().st_mtime_ns for path in edge.storage.shared_folder.rglob("*")} == before
