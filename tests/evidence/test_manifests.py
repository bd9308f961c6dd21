"""A manifest's outline shows what it says without its values; what a list names can be missed by its name."""

from support.evidence.manifests import outline


def test_values_are_gone_and_names_stay() -> None:
    manifest = {
        "metadata": {"labels": {"tracebloc.io/workload": "training"}},
        "spec": {"containers": [{"name": "pod", "env": [{"name": "TOKEN", "value": "secret"}], "args": ["a"]}], "backoffLimit": 3},
        "immutable": True,
        "nothing": None,
    }
    assert outline(manifest) == {
        "metadata": {"labels": {"tracebloc.io/workload": ""}},
        "spec": {"containers": {"pod": {"env": {"TOKEN": {"value": ""}}, "args": [""]}}, "backoffLimit": 0},
        "immutable": True,
        "nothing": None,
    }
    assert "secret" not in str(outline(manifest))
