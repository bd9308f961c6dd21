"""Which ring the incidents of half a year justify. Source: the playbook (three or more at its boundary; the rings' cost in weeks)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from support.evaluation.incidents import Boundary, Incident

NEEDED = 3
HALF_A_YEAR = timedelta(days=182)


@dataclass(frozen=True)
class Ring:
    """A ring, the boundary at which it catches incidents, and what it costs to build."""

    number: int
    name: str
    boundary: Boundary
    weeks: str


RINGS = (
    Ring(1, "parts on their own", Boundary.INSIDE, "4 to 6"),
    Ring(2, "services together", Boundary.BETWEEN, "6 to 10"),
    Ring(3, "the whole platform", Boundary.PLATFORM, "8 to 12"),
)


@dataclass(frozen=True)
class RingChoice:
    """The incidents of the half year up to a day, and what they ask for."""

    until: date
    incidents: Sequence[Incident]
    left_out: int
    """Incidents that are older, or of later days."""

    def at(self, boundary: Boundary) -> list[Incident]:
        """The incidents at one boundary."""
        return [incident for incident in self.incidents if incident.boundary is boundary]

    def count(self, ring: Ring) -> int:
        """How many incidents it would have had to catch."""
        return len(self.at(ring.boundary))

    @property
    def justified(self) -> list[Ring]:
        """The rings with enough incidents, the one with the most first, of two alike the cheaper."""
        enough = [ring for ring in RINGS if self.count(ring) >= NEEDED]
        return sorted(enough, key=lambda ring: (-self.count(ring), ring.number))

    @property
    def others_prevail(self) -> bool:
        """Whether more incidents are at no ring's boundary than at that of any ring."""
        return len(self.at(Boundary.OTHER)) > max(map(self.count, RINGS))


def choose_ring(incidents: Sequence[Incident], until: date) -> RingChoice:
    """What the incidents of the half year that ends with a day ask for."""
    recent = [incident for incident in incidents if until - HALF_A_YEAR < incident.day <= until]
    return RingChoice(until, recent, len(incidents) - len(recent))
