"""The ingestor's surface, held against the contract that its wheel ships."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from environments.platforms.tracebloc.backend.data.datasets import ingestor_contract
from tests.platforms.tracebloc.backend.people import Owner, Person, RunningBackend, Site


def fits(endpoint: str, answer: dict[str, Any]) -> bool:
    """Whether an answer is what the ingestor's contract says."""
    return bool(Draft202012Validator(ingestor_contract()[endpoint]["response"]).is_valid(answer))


def test_an_ingest_is_registered_once(owner: Owner) -> None:
    site = owner.sites[0]
    first = site.ingest("train", ingestor_id="once")
    again = site.ingest("train", 409, ingestor_id="once")
    assert fits("ingest_summary", first)
    assert fits("ingest_summary", again)
    assert first["dataset_key"] == again["dataset_key"]
    listed = next(dataset for dataset in owner.person.ask("GET", "/datasets/") if dataset["dataset_key"] == first["dataset_key"])
    assert (listed["table_name"], listed["intent"], listed["record_count"]) == ("flowers_train", "train", 100)
    assert (listed["edge"], listed["category"]) == (site.client_id, "tabular_classification")


@pytest.mark.parametrize("changes", [{"category": "astrology"}, {"labels": {"a": -1}}, {"surprise": 1}, {"samples": [{"row": 1}]}])
def test_a_summary_outside_the_contract_is_refused_in_words(owner: Owner, changes: dict[str, Any]) -> None:
    refused = owner.sites[0].ingest("train", 400, ingestor_id="refused", **changes)
    assert refused["code"] == "INVALID_REQUEST"
    assert next(iter(changes)) in refused["message"]


def test_a_failed_ingest_is_noted_unless_it_did_register(owner: Owner) -> None:
    site = owner.sites[0]
    site.ingest("train", ingestor_id="done")
    report = {"reason": "ingestion_failed"}
    assert site.client.post("/global_meta/ingest_failure/", json={**report, "ingestor_id": "lost"}).status_code == 201
    assert site.client.post("/global_meta/ingest_failure/", json={**report, "ingestor_id": "done"}).status_code == 200
    assert site.client.post("/global_meta/ingest_failure/", json={"ingestor_id": "x", "reason": "Not A Slug"}).status_code == 400


def test_metadata_is_read_and_written_by_the_environment_that_ingested(owner: Owner) -> None:
    site, other = owner.sites
    site.ingest("train", ingestor_id="to-backfill")
    path = "/global_meta/metadata_backfill/"
    read = site.client.get(f"{path}by-ingestor/to-backfill/")
    assert fits("metadata_backfill_read", read.json())
    assert other.client.get(f"{path}by-ingestor/to-backfill/").status_code == 404

    body = {"schema": read.json()["schema"], "meta_data": {"rows": 3}}
    written = site.client.post(f"{path}flowers_train/", json=body)
    assert written.status_code == 200
    assert fits("metadata_backfill_write", written.json())
    assert site.client.get(f"{path}by-ingestor/to-backfill/").json()["meta_data"] == {"rows": 3}
    assert site.client.post(f"{path}never_ingested/", json=body).status_code == 404


def test_datasets_are_seen_by_their_owner_only_and_told_by_environments_only(owner: Owner, person: Person) -> None:
    assert person.ask("GET", "/datasets/") == []
    assert owner.person.client.post("/global_meta/summary/flowers/", json={}).status_code == 403


def test_the_same_ingest_of_another_owner_is_another_dataset(owner: Owner, backend: RunningBackend) -> None:
    mine = owner.sites[0].ingest("train", ingestor_id="same-id")
    theirs = Site(backend.person(), "elsewhere").ingest("train", ingestor_id="same-id")
    assert mine["dataset_key"] != theirs["dataset_key"]


def test_all_that_was_told_of_a_dataset_is_shown_to_its_owner_only(owner: Owner, person: Person) -> None:
    key = owner.sites[0].ingest("test", ingestor_id="shown", samples=[{"data_id": "one"}])["dataset_key"]
    shown = owner.person.ask("GET", f"/datasets/{key}/")
    assert (shown["ingestor_id"], shown["samples"], shown["intent"]) == ("shown", [{"data_id": "one"}], "test")
    person.ask("GET", f"/datasets/{key}/", 404)


def test_the_owner_sees_which_ingests_ended_without_a_dataset(owner: Owner, person: Person) -> None:
    site = owner.sites[1]
    site.client.post("/global_meta/ingest_failure/", json={"ingestor_id": "lost", "reason": "ingestion_failed"})
    path = f"/edge-device/{site.id}/ingest-failures/"
    assert owner.person.ask("GET", path)[-1] == {"ingestor_id": "lost", "reason": "ingestion_failed"}
    person.ask("GET", path, 404)


def test_a_dataset_to_classify_by_needs_labels(owner: Owner) -> None:
    site = owner.sites[0]
    assert site.ingest("train", 400, ingestor_id="no labels", labels={})["code"] == "NO_LABELS"
    site.ingest("train", ingestor_id="needs none", labels={}, category="embeddings")
