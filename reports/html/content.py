"""What the page shows of a run's scenarios: short rows to list and to filter, and details to look at; each scenario is taken in once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from reports.html.details import GROUPS, Details, DetailsMaker
from reports.html.rows import Json, Names, catches_of, platform_of, row_of
from support.results.scenario_result import FeatureHeading, ScenarioResult, failure_weight


class Content:
    """Grows by scenarios. Its lists only grow too, so that a page that has their beginnings needs no more than the rest."""

    def __init__(self, folder: Path, marks: Sequence[Mapping[str, str]], features: Sequence[FeatureHeading], count: int) -> None:
        """The results in `folder`, about `count` scenarios of these features; `marks` as in `Past`."""
        self._maker = DetailsMaker(folder, count)
        self._marks = marks
        self._tags, self._reasons = Names(), Names()
        self._files: dict[str, int] = {}
        self._features: list[Json] = []
        self._rows: list[Json] = []
        self.details: list[Details] = []
        """In the order of the rows."""
        for heading in features:
            self._add_feature(heading)

    def details_of(self, result: ScenarioResult) -> Details:
        """The details of a scenario; the first that are asked for have most room for their evidence."""
        return self._maker.details(result, failed=failure_weight(result) is not None)

    def add(self, result: ScenarioResult, details: Details) -> None:
        """Take a scenario in, after those that are there."""
        file = result.identity.file
        if file not in self._files and not result.around:
            # a record from before features were kept tells nothing of them
            self._add_feature(FeatureHeading("Feature", result.feature or file, f"{file}:1", file))
        row = row_of(len(self._rows), result, self._marks, self._tags, self._reasons)
        if file in self._files:
            row["feature"] = self._files[file]
        if details.crossed:
            row["nodes"] = details.crossed
        self._rows.append(row)
        self.details.append(details)

    @property
    def lists(self) -> dict[str, list[Json] | list[str]]:
        """Everything but the details, as the page reads it."""
        return {
            "scenarios": self._rows,
            "features": self._features,
            "tags": list(self._tags.known),
            "reasons": list(self._reasons.known),
            "nodes": list(self._maker.nodes.known),
            "direct": list(self._maker.direct.known),
            "sentences": list(self._maker.sentences.known),
            "groups": list(GROUPS),
        }

    def _add_feature(self, heading: FeatureHeading) -> None:
        self._files[heading.file] = len(self._features)
        self._features.append(
            {
                "file": heading.file,
                "name": heading.name,
                "platform": platform_of(heading.file),
                "description": heading.description.strip(),
                "catches": catches_of(heading.description),
            }
        )
