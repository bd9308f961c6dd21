"""More kinds of secret, found by trying forms of configuration files, commands, connection strings and logs by hand."""

import json
import string

from tests.redaction.kinds import ALPHANUMERIC, HEX, made_of

WORD, PLAIN, TOKEN, DIGITS = f"Zq7-{made_of(ALPHANUMERIC, 9)}", "correcthorsebattery", made_of(ALPHANUMERIC, 40), made_of(HEX, 32)
UUID = f"{DIGITS[:8]}-{DIGITS[8:12]}-4{DIGITS[13:16]}-a{DIGITS[17:20]}-{DIGITS[20:]}"


def _filled(secret: str, *texts: str) -> dict[str, tuple[str, str]]:
    return {f"{text[:40]!r}": (text.replace("{}", secret), secret) for text in texts}


_COMMANDS = _filled(
    WORD, "mysql -uroot -p'{}' -e 'select 1'", "net use Z: \\\\srv\\share {} /user:ada", "wpa_passphrase home {}", "psexec -u ada -p {} x",
    "snmpget -v3 -u ada -A {} host", "snmpget -v3 -u ada -A other-4711 -X {} host", "ipmitool -H h -U root -P {} power status",
    "xfreerdp /u:ada /p:{} /v:h", "sqlplus -s ada/{}@db", "bcp x out y -S s -U sa -P {}", "isql -U sa -P {}", "client --password \\\n  {}",
    """curl -d '{"user":"a","pass":"{}"}' x""",
) | _filled(PLAIN, "nmcli dev wifi connect home password {}") | _filled(
    DIGITS, "openssl enc -aes-256-cbc -K {} -iv 0123456789abcdef",
) | _filled(UUID, "consul acl set-agent-token agent {}")  # fmt: skip
_FILES = _filled(
    WORD, "bindpw {}", "smtp_sasl_password_maps = static:ada:{}", "[smtp.example]:587 ada:{}", "secrets:\n  slack: {}\n  rows: 3",
    "credentials:\n  username: ada\n  value: {}",
    json.dumps({"type": "random_password", "instances": [{"attributes": {"length": 16, "result": "{}"}}]}),
) | _filled(
    PLAIN, "ssl_key_password {};", "rootpw {}", "passwords:\n  ada: {}\n  ben: x", "passwords:\n  ada: x\n  ben: {}",
    json.dumps({"db_password": {"value": "{}", "type": "string", "sensitive": True}}, indent=2),
    "##vso[task.setvariable variable=x;issecret=true]{}",
)  # fmt: skip
_TOKENS = _filled(
    TOKEN, json.dumps({"ses_smtp_password_v4": "{}"}), json.dumps({"SecretBinary": "{}"}), "x-functions-key: {}==", "zulip: key={}",
) | _filled(
    DIGITS, "SECRET_KEY_BASE={}", "DD_APP_KEY={}", "https://outlook.example/owa/calendar/x/{}/calendar.ics", 'nonce="{}"', "nonce={}",
) | {"Matrix": (f"it said syt_abc_{TOKEN[:20]}_{TOKEN[:6]} then", TOKEN[:20])}  # fmt: skip
_FIGURES = {
    "card": ("paid with card 5500005555555559", "5500005555555559"),
    "card without a name": ("paid with 4111 1111 1111 1111 then", "1111"),
    "card with dashes": ("paid with 5500-0055-5555-5559 then", "5555"),
    "pan": ("pan: 378282246310005", "378282246310005"),
    "cvv": ("cvv: 737 and", "737"),
    "cvc in JSON": ('{"cvc":"737"}', "737"),
    "PIN": ("enter PIN 4829 now", "4829"),
    "pin": ("the unlock pin 4829 opens it", "4829"),
    "code in two halves": ("your code is 482 910", "910"),
    "code first": ("G-482910 is your Google verification code", "482910"),
    "2FA": ("2FA: 482910", "482910"),
    "MFA": ("MFA code 482910", "482910"),
    "IBAN": ("IBAN DE89 3704 0044 0532 0130 00", "3704"),
    "SSN": ("SSN 078-05-1120", "078-05"),
}
FURTHER = {**_COMMANDS, **_FILES, **_TOKENS, **_FIGURES}
"""By name, a text and what must not be left of it."""
ORDINARY = (
    "rows 4111 1111 1111 1112 of 4", "took 1764 3400 0000 0000 ns", "id 4111111111111111 of a trace", "GPIO PIN 17 is high", "pin 3 of 8",
    "exit code is 143", "status code: 200", "discard 12345678901234 rows", "secrets:\n  provider: vault\n  rows: 3",
    "the nonce of account 7 is 12", "nonce=42", "key=orders_123 value=4711", "app_key: required", "card 3 of 12", "first_pass: true",
    '{"pass": true, "fail": false}', "credentials:\n  username: ada\n  rows: 3", "client_password missing", "span: 3782 ms",
    "mkdir -p /srv/x; ls -A x; tar -X list -cf y", "java -P debug",
    "msbuild x.sln /p:Configuration=Release", "net use is allowed", f"{string.ascii_lowercase}: 4829",
)  # fmt: skip
"""What is like one of them, and no secret."""
