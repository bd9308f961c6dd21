"""What the description of a deployment names besides its addresses: whoever gets in with production's account is on production.

Source: our choice.
"""

import re
from urllib.parse import urlsplit

from environments.remote.deployments import ExistingDeployment

URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s;'\"]+", re.IGNORECASE)


def named_by(deployment: ExistingDeployment) -> list[tuple[str, str]]:
    """Each name, after what it is; of secrets nothing but the hosts of URLs in them."""
    mail = deployment.mail
    named = [
        ("the proxy", host_of(deployment.reaching.proxy or "")),
        ("the keyring", deployment.keyring),
        ("the inbox", host_of(mail.get("imap", ""))),
        ("the user of the inbox", mail.get("user", "")),
        ("the address of the inbox", mail.get("address", "")),
        *(("an account", account) for account in deployment.accounts),
        *((f"the variable with the secret {name}", variable) for name, variable in deployment.secret_variables.items()),
        *((f"a host in the secret {name}", host) for name in _secrets(deployment) for host in _hosts(deployment, name)),
    ]
    return [(what, text) for what, text in named if text]


def host_of(url: str) -> str:
    """The host of a URL, or of HOST:PORT; empty where there is none."""
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""


def _secrets(deployment: ExistingDeployment) -> list[str]:
    return sorted({*deployment.secrets, *deployment.secret_variables})


def _hosts(deployment: ExistingDeployment, name: str) -> list[str]:
    netlocs = [re.split("[/?#]", url.partition("://")[2])[0] for url in URL.findall(str(deployment.secret(name) or ""))]
    # a database may have several
    return [host_of(host) for netloc in netlocs for host in netloc.rpartition("@")[2].split(",")]
