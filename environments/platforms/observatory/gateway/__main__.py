"""Runs the gateway: `python -m environments.platforms.observatory.gateway`."""

from environments.platforms.observatory import web
from environments.platforms.observatory.gateway.application import make
from environments.platforms.observatory.gateway.settings import Settings
from environments.platforms.observatory.log_lines import begin_log
from environments.reference_services.settings import read_settings

if __name__ == "__main__":
    settings = read_settings(Settings)
    begin_log("gateway")
    web.serve(make(settings), settings.host, settings.port)
