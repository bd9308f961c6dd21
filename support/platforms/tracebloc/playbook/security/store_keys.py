"""What the object store says to whoever comes without its key, or with a link that is not meant for what they want.

Source: AWS Signature Version 4 and S3's codes of errors; the links are those of boto3.
"""

import re
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from environments.errors import WrongScenario
from environments.network.direct_http import direct_client
from support.platforms.tracebloc.scene import Scene

CONTENT = b"weights of a team"
LINK_SECONDS = 60
CODE = re.compile(r"<Code>(\w+)</Code>")


def put_object(scene: Scene) -> str:
    """Store an object that is gone with the scenario; returns its key."""
    key = f"experiments/{scene.names.unique('store')}/weights"
    scene.at_the_end(lambda: scene.object_store.delete(key))
    scene.object_store.write(key, CONTENT, {})
    return key


def answer(scene: Scene, key: str, who: str) -> str:
    """What somebody hears who asks for the object, in the words of a feature: the object, or the code of the refusal."""
    asking = _attempts(scene, key)
    if who not in asking:
        raise WrongScenario(f"nobody asks the object store who is {who!r}; there are: {', '.join(asking)}")
    return asking[who]()


def _attempts(scene: Scene, key: str) -> Mapping[str, Callable[[], str]]:
    store = scene.object_store
    link, link_of_other = store.link(key, LINK_SECONDS), store.link(f"{key}-of-others", LINK_SECONDS)
    return {
        "whoever has a link to it": lambda: _heard(link),
        "nobody in particular": lambda: _heard(_path_of(link)),
        "whoever has a link to another object": lambda: _heard(_path_of(link) + "?" + link_of_other.partition("?")[2]),
        "whoever writes a longer time into a link": lambda: _heard(link.replace(f"Expires={LINK_SECONDS}", f"Expires={LINK_SECONDS}0")),
        "somebody with another secret": lambda: _heard(store.of_somebody_with(key=SecretStr("another secret")).link(key, LINK_SECONDS)),
        "somebody with another key": lambda: _heard(store.of_somebody_with(access_key="another-key").link(key, LINK_SECONDS)),
    }


def short_link(scene: Scene, key: str) -> Callable[[], str]:
    """What whoever has a link that lasts a second hears."""
    link = scene.object_store.link(key, 1)
    return lambda: _heard(link)


def _path_of(link: str) -> str:
    return link.partition("?")[0]


def _heard(url: str) -> str:
    with direct_client(url, timeout=30) as http:
        answer = http.get(url)
    if answer.is_success:
        return "the object" if answer.content == CONTENT else "something else"
    code = CODE.search(answer.text)
    return code[1] if code else f"HTTP {answer.status_code}"
