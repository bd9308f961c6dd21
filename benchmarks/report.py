"""What the scenario report costs: making it, its size, opening it, filtering in it; and that twice as many scenarios cost twice as much.

    python -m benchmarks.report [--scenarios 10000]

Opening and filtering are measured in Chromium, and left out, and said so, where there is none.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.made_run import make_run
from reports.html.earlier import Past, Run
from reports.html.page import write_report

CHROMIUM = Path("/usr/bin/chromium")
FILTERED = """async () => {
    const took = [];
    for (const filters of ["q=order 77", "status=failed", "ring=2&priority=p0", "service=orders&slow=1", "sort=slowest", ""]) {
        const began = performance.now();
        history.replaceState(null, "", `#scenarios?${filters}`);
        show();
        document.body.getBoundingClientRect();
        took.push(performance.now() - began);
        await new Promise((done) => setTimeout(done, 50));
    }
    return took;
}"""
BARS = {"make": 5.0, "size": 15.0, "open": 2.0, "filter": 0.1}


def make(count: int) -> tuple[Path, float, float, float]:
    """Make a run and its report; returns the report, the seconds it took by the clock and of the processor, and its megabytes."""
    folder = Path(tempfile.mkdtemp(prefix="ringmaster-benchmark-"))
    record = make_run(folder, count)
    marks = [{str(scenario.identity): "p" for scenario in record.scenarios}] * 30
    runs = [Run(f"run-{number}", 1_794_000_000.0 + number, "embedded", 100.0, 2.0, count, 0, 0, 0) for number in range(30)]
    began, processor = time.perf_counter(), time.process_time()
    file = write_report(record, folder / record.run, Past(runs, marks)).file
    return file, time.perf_counter() - began, time.process_time() - processor, file.stat().st_size / 1e6


def look(file: Path) -> tuple[float, float]:
    """The seconds until the page shows its first screen, and the longest that a filter took."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page: Any = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.perf_counter()
        page.goto(file.as_uri())
        page.locator("h1").first.wait_for()
        opened = time.perf_counter() - began
        page.evaluate("location.hash = '#scenarios'")
        page.locator(".scenario-row").first.wait_for()
        filtered = max(page.evaluate(FILTERED)) / 1000
        browser.close()
    return opened, filtered


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=10_000)
    count = parser.parse_args().scenarios
    for number in (count // 2, count, count * 2):
        file, seconds, processor, megabytes = make(number)
        print(f"{number:7,} scenarios: made in {seconds:.2f} s ({processor:.2f} s of the processor), {megabytes:.1f} MB", end="")
        if CHROMIUM.exists():
            opened, filtered = look(file)
            print(f", opened in {opened:.2f} s, slowest filter {filtered * 1000:.0f} ms")
        else:
            print("; not opened, since there is no Chromium: apt-get install chromium; pip install playwright")
    print(f"bars for 10,000: {BARS['make']} s, {BARS['size']} MB, {BARS['open']} s, {BARS['filter'] * 1000:.0f} ms")


if __name__ == "__main__":
    main()
