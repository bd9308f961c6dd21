"""Runs the read model: `python -m environments.platforms.observatory.read_model`."""

from environments.platforms.observatory import web
from environments.platforms.observatory.log_lines import begin_log
from environments.platforms.observatory.read_model.application import make
from environments.platforms.observatory.read_model.settings import Settings
from environments.reference_services.settings import read_settings

if __name__ == "__main__":
    settings = read_settings(Settings)
    begin_log("read-model")
    web.serve(make(settings), settings.host, settings.port)
