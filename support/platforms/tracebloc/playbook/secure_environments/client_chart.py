"""Rendering the client's public chart. Source: tracebloc client chart 1.9.62."""

from collections.abc import Sequence
from dataclasses import dataclass

from support.names import Names
from support.platforms.tracebloc.client_chart import Chart, ChartRefused, render
from support.platforms.tracebloc.scene import Scene
from support.redaction import learn_secret


@dataclass(frozen=True)
class Rendering:
    """A chart that was rendered, or helm's words why not."""

    chart: Chart | None
    refusal: str

    @property
    def objects(self) -> Chart:
        """The rendered chart; an AssertionError with helm's words when there is none."""
        if self.chart is None:
            raise AssertionError(f"helm rendered nothing: {self.refusal}")
        return self.chart


def render_chart(scene: Scene, settings: Sequence[str] = (), schema: bool = True) -> Rendering:
    """Render the checkout's chart with our values and credentials of nobody; a refusal is kept like a result."""
    password = Names.password()
    learn_secret(password)
    scene.folder.mkdir(parents=True, exist_ok=True)
    credentials = scene.folder / "credentials.yaml"
    credentials.write_text(f"clientId: {scene.names.unique('client')}\nclientPassword: {password}\n", encoding="utf-8")
    with scene.story.part(f"helm renders the chart{''.join(f', {setting}' for setting in settings)}") as part:
        try:
            chart = render(scene.checkouts.client, scene.folder, [credentials], settings, schema)
        except ChartRefused as refused:
            part.detail = f"refused: {refused}"
            return scene.keep(Rendering(None, str(refused)))
        finally:
            credentials.unlink()
        part.detail = f"{len(chart.objects)} objects"
    return scene.keep(Rendering(chart, ""))
