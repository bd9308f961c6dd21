"""What several commands do alike: read the settings, and refuse wrong input with exit code 2."""

from click.exceptions import Exit

from support.settings import Settings, read_settings
from support.settings_file import SettingsError
from support.terminal import complain


def refused(error: Exception | str) -> Exit:
    """Say what is wrong; what is returned ends the command."""
    complain(str(error))
    return Exit(2)


def settings_or_exit(**options: object) -> Settings:
    """The settings in force; what is wrong with them ends the command."""
    try:
        return read_settings(**options)
    except SettingsError as error:
        raise refused(error) from None
