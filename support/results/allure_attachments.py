"""What steps attach with `allure.attach` and say with `allure.step`, kept for the result of the scenario that runs."""

import shutil
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from support.results.notes import notes
from support.results.scenario_result import Attachment
from support.results.texts import presentable
from support.story import Part, PartOutcome


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
        for method in (self.attach_data, self.attach_file, self.start_step, self.stop_step):
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

    def _new(self, name: Any, attachment_type: Any, extension: Any) -> Path:  # noqa: ANN401 - Allure's signature
        extension = extension or getattr(attachment_type, "extension", None) or "attach"
        kind = _mime_type(attachment_type)
        source = f"{uuid.uuid4()}-attachment.{extension}"
        notes.attachments.append(Attachment(presentable(str(name or source)), source, kind))
        return self._folder / source


def _mime_type(attachment_type: Any) -> str | None:  # noqa: ANN401 - one of Allure's types, a text or nothing
    kind: str | None = getattr(attachment_type, "mime_type", attachment_type)
    return kind


def _is_text(attachment_type: Any) -> bool:  # noqa: ANN401 - as above
    kind = _mime_type(attachment_type) or ""
    return kind.startswith("text/") or kind in ("application/json", "application/xml", "application/yaml")
