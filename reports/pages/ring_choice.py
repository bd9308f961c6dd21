"""Which ring the incidents justify, as a page, with the scenario that would have caught each."""

from collections.abc import Sequence

from reports.pages.page import Page, Section
from support.evaluation.catches import Match
from support.evaluation.incidents import Boundary, Incident
from support.evaluation.ring_choice import NEEDED, RINGS, Ring, RingChoice

BOUNDARIES = {
    Boundary.INSIDE: "inside one service",
    Boundary.BETWEEN: "between services",
    Boundary.PLATFORM: "on the customer's platform",
    Boundary.OTHER: "at none of these",
}
HINT = "Found by their words alone, which are named: read the scenario before you believe it. An incident without one is a gap."


def ring_page(choice: RingChoice, matches: Sequence[tuple[Incident, Match | None]]) -> Page:
    """The answer, the count at each boundary, and each incident with what would have caught it."""
    rows = [_ring_row(choice, ring) for ring in RINGS]
    others = choice.at(Boundary.OTHER)
    rows.append(("none", BOUNDARIES[Boundary.OTHER], str(len(others)), _places(others), "another gate", ""))
    caught = [_incident_row(incident, match) for incident, match in matches]
    sections = [
        Section("By boundary", (), ("ring", "boundary", "incidents", "where", "justified", "weeks to build"), rows),
        Section("What would have caught each", [HINT], ("day", "incident", "ring", "scenario", "words they share"), caught),
    ]
    answer = _answer(choice, [match for _, match in matches])
    return Page("Which ring the incidents justify", answer, sections if caught else sections[:1])


def _answer(choice: RingChoice, matches: Sequence[Match | None]) -> list[str]:
    counted = f"{len(choice.incidents)} incidents in the half year up to {choice.until}"
    left_out = f" ({choice.left_out} of other times left out)" if choice.left_out else ""
    lines = [f"{counted}{left_out}. A ring is justified by {NEEDED} or more at its boundary."]
    if choice.justified:
        first, *more = choice.justified
        also = f" {' and '.join(f'Ring {ring.number}' for ring in more)} would be justified too." if more else ""
        lines.append(f"Build ring {first.number} ({first.name}): {choice.count(first)} incidents {BOUNDARIES[first.boundary]}.{also}")
    else:
        lines.append("No ring is justified: to build one would be speculation.")
    if choice.others_prevail:
        lines.append(f"Most of all, {len(choice.at(Boundary.OTHER))}, are at no ring's boundary: decide on a gate for those first.")
    if matches:
        found = sum(match is not None for match in matches)
        lines.append(f"For {found} of {len(matches)} incidents there is a scenario whose words are about the same.")
    return lines


def _ring_row(choice: RingChoice, ring: Ring) -> tuple[str, ...]:
    count = choice.count(ring)
    verdict = "yes" if ring in choice.justified else "no: speculation" if not count else f"no: {NEEDED - count} too few"
    return (f"{ring.number}: {ring.name}", BOUNDARIES[ring.boundary], str(count), _places(choice.at(ring.boundary)), verdict, ring.weeks)


def _places(incidents: Sequence[Incident]) -> str:
    places = [incident.where for incident in incidents if incident.where]
    return ", ".join(f"{place} ({places.count(place)})" for place in dict.fromkeys(places))


def _incident_row(incident: Incident, match: Match | None) -> tuple[str, ...]:
    ring = next((str(ring.number) for ring in RINGS if ring.boundary is incident.boundary), "")
    if match is None:
        return (str(incident.day), incident.title, ring, "none", "")
    found = f"{match.catcher.name} ({match.catcher.location})"
    return (str(incident.day), incident.title, ring, found, ", ".join(match.words))
