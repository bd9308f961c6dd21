"""What steps attach with `allure.attach` and say with `allure.step` and `allure.dynamic`, kept for the result of the scenario that runs."""

import shutil
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.results.notes import notes
from support.results.scenario_result import AllureParameter, Attachment, Label, Link
from support.results.texts import presentable
from support.story import Part, PartOutcome

MASKED = "******"


def collect_attachments(folder: Path) -> None:
    """Collect them from now on, as files in the folder of Allure results; nothing to do where no step uses Allure."""
    # its import takes longer than many a scenario
    if "allure_commons" in sys.modules:
        AllureAttachments(folder)


class AllureAttachments:
    """What steps attach with `allure.attach` and report with `allure.step`, in the process that the steps run in."""

    def __init__(self, folder: Path) -> None:
        import allure_commons

        self._folder = folder
        self._parts: dict[str, Part] = {}
        heard = (self.attach_data, self.attach_file, self.start_step, self.stop_step, *self._dynamic())
        for method in heard:
            allure_commons.hookimpl(getattr(method, "__func__"))  # noqa: B009 - a method takes no marks itself
        allure_commons.plugin_manager.register(self)

    def attach_data(self, body: Any, name: Any, attachment_type: Any, extension: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.attach(...)`"""
        content = body.encode() if isinstance(body, str) else body
        if isinstance(body, str) or _is_text(attachment_type):
            content = presentable(content.decode(errors="replace")).encode()
        self._new(name, attachment_type, extension).write_bytes(content)

    def attach_file(self, source: Any, name: Any, attachment_type: Any, extension: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.attach.file(...)`"""
        if _is_text(attachment_type):
            self.attach_data(Path(source).read_bytes(), name, attachment_type, extension)
        else:
            shutil.copyfile(source, self._new(name, attachment_type, extension))

    def start_step(self, uuid: Any, title: Any, params: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`with allure.step(...)` begins."""
        self._parts[uuid] = Part(presentable(str(title)))
        notes.parts.append(self._parts[uuid])

    def stop_step(self, uuid: Any, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`with allure.step(...)` is over."""
        part = self._parts.pop(uuid)
        part.seconds = time.time() - part.started_at
        part.outcome = PartOutcome.FAILED if exc_val is not None else PartOutcome.DONE

    def add_title(self, test_title: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.dynamic.title(...)`"""
        _tell(title=presentable(str(test_title)))

    def add_description(self, test_description: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.dynamic.description(...)`"""
        _tell(description=presentable(str(test_description)))

    def add_description_html(self, test_description_html: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.dynamic.description_html(...)`"""
        _tell(description_html=presentable(str(test_description_html)))

    def add_label(self, label_type: Any, labels: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.dynamic.label(...)`, and `severity`, `epic`, `story`, `tag` and the like."""
        added = tuple(Label(str(label_type), presentable(str(getattr(label, "value", label)))) for label in labels)
        _tell(labels=(*notes.told_allure.labels, *added))

    def add_link(self, url: Any, link_type: Any, name: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.dynamic.link(...)`, `issue` and `testcase`."""
        address = presentable(str(url))
        _tell(links=(*notes.told_allure.links, Link(str(link_type), presentable(str(name or address)), address)))

    def add_parameter(self, name: Any, value: Any, excluded: Any, mode: Any) -> None:  # noqa: ANN401 - Allure's signature
        """`allure.dynamic.parameter(...)`; what is masked or hidden stays out of every file."""
        way = getattr(mode, "value", mode)
        shown = presentable(str(value)) if way in (None, "default") else MASKED
        added = AllureParameter(presentable(str(name)), shown, way, bool(excluded))
        _tell(parameters=(*notes.told_allure.parameters, added))

    def _dynamic(self) -> tuple[Callable[..., None], ...]:
        return self.add_title, self.add_description, self.add_description_html, self.add_label, self.add_link, self.add_parameter

    def _new(self, name: Any, attachment_type: Any, extension: Any) -> Path:  # noqa: ANN401 - Allure's signature
        extension = extension or getattr(attachment_type, "extension", None) or "attach"
        kind = _mime_type(attachment_type)
        source = f"{uuid.uuid4()}-attachment.{extension}"
        notes.attachments.append(Attachment(presentable(str(name or source)), source, kind))
        return self._folder / source


def _tell(**said: Any) -> None:
    notes.told_allure = replace(notes.told_allure, **said)


def _mime_type(attachment_type: Any) -> str | None:  # noqa: ANN401 - one of Allure's types, a text or nothing
    kind: str | None = getattr(attachment_type, "mime_type", attachment_type)
    return kind


def _is_text(attachment_type: Any) -> bool:  # noqa: ANN401 - as above
    kind = _mime_type(attachment_type) or ""
    return kind.startswith("text/") or kind in ("application/json", "application/xml", "application/yaml")
