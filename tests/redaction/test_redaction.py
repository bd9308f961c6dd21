"""Secrets and personal data leave every text that is shown."""

import pytest

from support.redaction import PSEUDONYM, Redactor, redact

SECRET = "hush-Hush_4711/+x"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization: token {SECRET}",
        f'{{"token": "{SECRET}", "token_scheme": "Bearer"}}',
        f"{{'password': '{SECRET}'}}",
        f"username=ada&password={SECRET}",
        f"CLIENT_PASSWORD={SECRET}",
        f"client_password: {SECRET}",
        f"POD_TOKEN_SIGNING_SECRET={SECRET} next",
        f"Endpoint=sb://bus:5672;SharedAccessKeyName=Root;SharedAccessKey={SECRET};EntityPath=results",
        f"SharedAccessSignature sr=x&sig={SECRET}&se=1",
        f"mysql+mysqlconnector://edge:{SECRET.replace('/', '')}@127.0.0.1:3306/db",
        f"Verification code: {SECRET}",
        f"experiments_queue_conn_str='{SECRET}'",
        f"InstallRequest(client_password='{SECRET}')",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert SECRET not in redact(text)
    assert SECRET.replace("/", "") not in redact(text)


def test_e_mail_addresses_are_hidden() -> None:
    assert PSEUDONYM.sub("X", redact("mail to ada.lovelace+qa@example.com failed")) == "mail to X failed"


def test_a_signed_pod_token_is_hidden_wherever_it_stands() -> None:
    token = "eyJwb2QiOiJwb2QtMSJ9abcdef.c2lnbmF0dXJlLXNpZ25hdHVyZQ=="
    assert token not in redact(f"the pod said {token} loudly")


def test_a_learned_secret_is_hidden_wherever_it_stands() -> None:
    redactor = Redactor()
    redactor.learn("correct horse")
    assert redactor.redact("it was correct horse, he said") == "it was <redacted>, he said"


def test_short_texts_are_not_learned_since_they_would_hide_ordinary_words() -> None:
    redactor = Redactor()
    redactor.learn("the")
    assert redactor.redact("the end") == "the end"


@pytest.mark.parametrize("text", ["the status is Online", "token_scheme: Bearer", "accuracy 0.93 on 60 rows", "http://127.0.0.1:8000/path"])
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text
