"""Kinds of secret as they are met: each a text with the secret in it, made anew so that no scanner of repositories finds one here."""

import base64
import html
import json
import random
import string
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

_DICE = random.Random(4711)  # noqa: S311 - made up, and the same in each run
ALPHANUMERIC = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URL_SAFE = ALPHANUMERIC + "-_"


def made_of(letters: str, length: int) -> str:
    """So many of these letters by chance, a digit, a small and a capital one among them where there are such."""
    while True:
        made = "".join(_DICE.choices(letters, k=length))
        if not any(letter.isdigit() for letter in letters) or any(letter.isdigit() for letter in made):
            return made


def _password() -> str:
    return f"hush-{made_of(ALPHANUMERIC, 8)}_{made_of(string.digits, 3)}"


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _named() -> dict[str, tuple[str, str]]:
    word = _password()
    return {
        "form": (f"username=ada&password={word}&next=/", word),
        "environment variable": (f"CLIENT_PASSWORD={word}", word),
        "YAML": (f"database:\n  host: db\n  password: {word}\n  port: 3306", word),
        "Python's text of a dict": (f"{{'password': '{word}', 'rows': 3}}", word),
        "dataclass": (f"InstallRequest(client_password='{word}', rows=3)", word),
        "JSON": (json.dumps({"user": "ada", "password": word, "rows": 60}), word),
        "JSON with odd characters": (json.dumps({"clientSecret": f'qu"ote\\d é {word}'}), word),
        "JSON in JSON": (json.dumps({"body": json.dumps({"password": word})}), word),
        "JSON in JSON in JSON": (json.dumps([json.dumps({"body": json.dumps({"apiKey": word})})]), word),
        "JSON with escaped quotes": (f'{{\\u0022password\\u0022:\\u0022{word}\\u0022}}', word),
        "Go's JSON": (f"query: user=ada\\u0026password\\u003d{word}\\u0026next", word),
        "camel case": (json.dumps({"accessToken": word, "expires": 3600}), word),
        "refresh token": (f"refresh_token={word}", word),
        "bytes": (f"(b'authorization', b'Bearer {word}')", word),
        "URL-encoded form": (f"body: {quote('{' + chr(34) + 'password' + chr(34) + ': ' + chr(34) + word + chr(34) + '}')}", word),
        "URL-encoded field": (f"odbc_connect=DRIVER%3DODBC%3BPWD%3D{word}%3BServer", word),
        "query of a URL": (f"GET /files?rows=3&access_token={word}&page=2", word),
        "fragment of a URL": (f"https://app.example/#id_token={word}&state=1", word),
        "XML": (f"<user><name>ada</name><password>{escape(word)}</password></user>", word),
        "XML with a prefix": (f'<soap:Header><wsse:Password Type="text">{word}</wsse:Password></soap:Header>', word),
        "XML, escaped": (f"&lt;password&gt;{word}&lt;/password&gt;", word),
        "XML, CDATA": (f"<secret><![CDATA[{word}]]></secret>", word),
        "attribute": (f'<add key="DatabasePassword" value="{word}"/>', word),
        "variable of a pod": (json.dumps({"name": "DB_PASSWORD", "value": word}), word),
        "variable of a pod in YAML": (f"- name: DB_PASSWORD\n  value: {word}\n", word),
        "argument": (f"mysql --user ada --password {word} --host db", word),
        "argument with =": (f"client --api-key={word} --rows 3", word),
        "list of arguments": (repr(["client", "--token", word, "--rows", "3"]), word),
        "prose": (f'logs in with the password "{word}"', word),
        "prose with is": (f"Your password is '{word}'.", word),
        "code by e-mail": (f"Verification code: {word}", word),
        "netrc": (f"machine api.example login ada password {word}", word),
        "header": (f"X-Api-Key: {word}", word),
        "npmrc": (f"//registry.example/:_auth={_b64(word)}", _b64(word)),
        "private key in JSON": (json.dumps({"private_key": word}), word),
    }  # fmt: skip


def _headers() -> dict[str, tuple[str, str]]:
    word, user = _password(), made_of(string.ascii_lowercase, 6)
    return {
        "bearer": (f"Authorization: Bearer {word}", word),
        "bearer without a header": (f"sent with Bearer {word} to the edge", word),
        "token scheme": (f"authorization: token {word}", word),
        "basic": (f"Authorization: Basic {_b64(f'{user}:{word}')}", _b64(f"{user}:{word}")),
        "basic without a header": (f"curl got Basic {_b64(f'{user}:{word}')}", _b64(f"{user}:{word}")),
        "digest": (f'Authorization: Digest username="ada", response="{made_of(HEX, 32)}", cnonce={word}', word),
        "cookie": (f"Cookie: theme=dark; sid={word}; lang=de", word),
        "set cookie": (f"set-cookie: sid={word}; Path=/; HttpOnly", word),
        "cookies in JSON": (json.dumps({"Cookie": f"a=b; sid={word}"}), word),
        "session": (f"PHPSESSID={word}", word),
        "CSRF": (f"csrftoken={word}; path=/", word),
        "curl": (f"curl -u {user}:{word} https://api.example", word),
    }


def _connections() -> dict[str, tuple[str, str]]:
    word, key, hex_digits = _password(), made_of(ALPHANUMERIC + "+/", 86) + "==", made_of(HEX, 64)
    quoted = quote(key, safe="")
    schemes = ("postgresql", "mysql+mysqlconnector", "mongodb+srv", "redis", "amqp", "mssql+pyodbc", "clickhouse", "nats", "ldaps", "ftp")
    return {
        **{scheme: (f"{scheme}://edge:{word}@db.example:5432/rows?timeout=3", word) for scheme in schemes},
        "a password with an @": ("postgres://edge:p@ss/" + word + "@db/rows", word),
        "no user": (f"redis://:{word}@cache:6379/0", word),
        "several hosts": (f"mongodb://edge:{word}@a.example:27017,b.example:27017/db?replicaSet=x", word),
        "a URL in a URL": (f"next={quote_plus(f'https://edge:{word}@db.example/x')}", word),
        "token for a user": (f"git clone https://{hex_digits[:32]}@code.example/x.git", hex_digits[:32]),
        "libpq": (f"host=db port=5432 user=edge password={word} dbname=rows", word),
        "ADO.NET": (f"Server=tcp:db.example,1433;User ID=edge;Pwd={word};Encrypt=True;", word),
        "JDBC": (f"jdbc:sqlserver://db.example:1433;user=edge;password={word};", word),
        "JDBC of Oracle": (f"jdbc:oracle:thin:edge/{word}@db.example:1521/x", word),
        "Service Bus": (f"Endpoint=sb://bus:5672;SharedAccessKeyName=Root;SharedAccessKey={key};EntityPath=results", key),
        "storage account": (f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={key};EndpointSuffix=core", key),
        "shared access signature": (f"https://x.blob.example/c/f?sv=2024-11-04&sr=b&sig={quoted}", quoted[:80]),
        "signature of the Service Bus": (f"SharedAccessSignature sr=x&sig={quoted}&se=1&skn=Root", quoted[:80]),
        "signed request of S3": (f"/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={hex_digits}", hex_digits),
        "sshpass": (f"sshpass -p {word} ssh edge", word),
    }  # fmt: skip


def _tokens() -> dict[str, tuple[str, str]]:
    a = made_of
    found = {
        "AWS key id": "AKIA" + a(string.ascii_uppercase + string.digits, 16),
        "AWS key id for a session": "ASIA" + a(string.ascii_uppercase + string.digits, 16),
        "Azure client secret": a(ALPHANUMERIC, 3) + "8Q~" + a(ALPHANUMERIC + "_.", 34),
        "Google API key": "AIza" + a(URL_SAFE, 34) + "x",
        "Google OAuth token": "ya29." + a(URL_SAFE, 60) + "x",
        "Google client secret": "GOCSPX-" + a(ALPHANUMERIC, 28),
        "GitHub": "ghp_" + a(ALPHANUMERIC, 36),
        "GitHub app": "ghs_" + a(ALPHANUMERIC, 36),
        "GitHub, fine-grained": "github_pat_" + a(ALPHANUMERIC, 22) + "_" + a(ALPHANUMERIC, 59),
        "GitLab": "glpat-" + a(ALPHANUMERIC, 20),
        "GitLab, deployment": "gldt-" + a(ALPHANUMERIC, 20),
        "npm": "npm_" + a(ALPHANUMERIC, 36),
        "PyPI": "pypi-AgEIcHlwaS5vcmc" + a(ALPHANUMERIC, 80),
        "Docker": "dckr_pat_" + a(ALPHANUMERIC, 27),
        "Hugging Face": "hf_" + a(ALPHANUMERIC, 34),
        "Slack": f"xoxb-{a(string.digits, 12)}-{a(string.digits, 12)}-{a(ALPHANUMERIC, 24)}",
        "Slack app": f"xapp-1-A{a(string.digits, 10)}-{a(string.digits, 12)}-{a(HEX, 40)}",
        "Discord": f"M{a(ALPHANUMERIC, 23)}.{a(ALPHANUMERIC, 6)}.{a(ALPHANUMERIC, 27)}",
        "Telegram": f"{a('123456789', 9)}:{a(ALPHANUMERIC, 35)}",
        "OpenAI": "sk-proj-" + a(ALPHANUMERIC, 48),
        "Anthropic": "sk-ant-api03-" + a(ALPHANUMERIC, 60),
        "Stripe": "sk_live_" + a(ALPHANUMERIC, 24),
        "Stripe webhook": "whsec_" + a(ALPHANUMERIC, 32),
        "SendGrid": f"SG.{a(ALPHANUMERIC, 22)}.{a(ALPHANUMERIC, 43)}",
        "Twilio": "SK" + a(HEX, 32),
        "Mailchimp": a(HEX, 32) + "-us12",
        "Mailgun": "key-" + a(HEX, 32),
        "Shopify": "shpat_" + a(HEX, 32),
        "Square": "sq0csp-" + a(ALPHANUMERIC, 43),
        "DigitalOcean": "dop_v1_" + a(HEX, 64),
        "Vault": "hvs." + a(ALPHANUMERIC, 90),
        "Databricks": "dapi" + a(HEX, 32),
        "Grafana": f"glsa_{a(ALPHANUMERIC, 32)}_{a(HEX, 8)}",
        "Artifactory": "AKC" + a(ALPHANUMERIC, 60),
        "Postman": f"PMAK-{a(HEX, 24)}-{a(HEX, 34)}",
        "Terraform": f"{a(ALPHANUMERIC, 14)}.atlasv1.{a(ALPHANUMERIC, 67)}",
        "Atlassian": "ATATT3" + a(ALPHANUMERIC, 180),
        "JWT": f"eyJ{a(ALPHANUMERIC, 30)}.eyJ{a(ALPHANUMERIC, 80)}.{a(URL_SAFE, 42)}x",
        "pod token": f"eyJ{a(ALPHANUMERIC, 30)}.{a(ALPHANUMERIC, 43)}=",
        "bcrypt": f"$2b$12${a(ALPHANUMERIC, 53)}",
        "crypt": f"$6${a(ALPHANUMERIC, 8)}${a(ALPHANUMERIC, 86)}",
    }  # fmt: skip
    return {name: (f"it said {token} and went on", token) for name, token in found.items()}


def _places() -> dict[str, tuple[str, str]]:
    token, slack, pem = made_of(URL_SAFE, 32) + "x1", made_of(ALPHANUMERIC, 24), [made_of(ALPHANUMERIC + "+/", 64) for _ in range(3)]
    key = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *pem, "-----END RSA PRIVATE KEY-----"])
    return {
        "path of a URL": (f"GET https://app.example/reset-password/{token} -> 200", token),
        "path of an invitation": (f"open /invitations/{token}, please", token),
        "Slack webhook": (f"POST https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/{slack}", slack),
        "Discord webhook": (f"https://discord.com/api/webhooks/12345678/{token}", token),
        "Telegram's address": (f"https://api.telegram.org/bot123456789:{token}/send", token),
        "private key": (f"before\n{key}\nafter", pem[1]),
        "private key in one line": (json.dumps({"key": key}), pem[2]),
        "private key cut off at its end": (key.rpartition(pem[2])[0], pem[1]),
        "private key cut off at its beginning": (key.partition(pem[0])[2].strip(), pem[2]),
        "OpenSSH's private key": (key.replace("RSA", "OPENSSH"), pem[0]),
        "PGP's private key": (key.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"), pem[0]),
    }  # fmt: skip


def _less_common() -> dict[str, tuple[str, str]]:
    word, code, a = _password(), made_of(ALPHANUMERIC, 40), made_of
    return {
        "file of docker": (json.dumps({"auths": {"registry.example": {"auth": _b64(f"ada:{word}")}}}), _b64(f"ada:{word}")),
        "kubeconfig": (f"users:\n- user:\n    client-key-data: {_b64(word * 5)}\n", _b64(word * 5)),
        "variable called PASS": (f"docker run -e DB_PASS={word} image", word),
        "German": (f"Passwort: {word}", word),
        "French": (f"mot de passe : {word}", word),
        "prose": (f"the password is {word}, and", word),
        "prose that names somebody": (f"password for ada: {word}", word),
        "prose without a colon": (f"logging in with password {word}", word),
        "arrow": (f"password -> {word}", word),
        "full-width colon": (f"password\uff1a{word}", word),
        "TOML in three quotes": (f'password = """{word}"""', word),
        "folded YAML": (f"password: >-\n  {word}\nrows: 3", word),
        "folded YAML in one line": (f"password: >- {word} rows: 3", word),
        "form with files in one line": (f'form-data; name="password" Content-Type: text/plain {word} --x', word),
        "form with files, indented": (f'  form-data; name="password"\n    \n    {word}\n    --x', word),
        "HTML with a type between": (f'<input name="password" type="text" value="{word}">', word),
        "HTML with the value first": (f'<input value="{word}" type="password">', word),
        "form with files": (f'Content-Disposition: form-data; name="password"\r\n\r\n{word}\r\n--x', word),
        "form with files, escaped": (json.dumps(f'form-data; name="password"\r\nX-A: b\r\n\r\n{word}\r\n--x'), word),
        "SQL": (f"ALTER USER ada IDENTIFIED BY '{word}'", word),
        "SMTP": (f"AUTH PLAIN {_b64(word)}", _b64(word)),
        "Redis": (f"AUTH {word}", word),
        "Redis's settings": (f"requirepass {word}", word),
        "htpasswd": (f"ada:$apr1$abcd1234${a(ALPHANUMERIC, 22)}x", "$apr1$"),
        "PASETO": (f"v4.local.{a(URL_SAFE, 80)}x", "v4.local."),
        "code of a sign-in": (f"GET /callback?code={code}&state=1 -> 302", code),
        "assertion of a client": (f"client_assertion={word}&x=1", word),
        "Figma": (f"figd_{a(URL_SAFE, 40)}x", "figd_"),
        "Sonar": (f"squ_{a(HEX, 40)}", "squ_"),
        "Buildkite": (f"bkua_{a(HEX, 40)}", "bkua_"),
        "CircleCI": (f"CCIPAT_{a(ALPHANUMERIC, 22)}_{a(HEX, 40)}", "CCIPAT_"),
    }  # fmt: skip


def _tables() -> dict[str, tuple[str, str]]:
    word = _password()
    return {
        "table: pair": (f"| password | {word} |", word),
        "table: heading": (f"      | user | password | rows |\n      | ada  | {word} | 3    |", word),
        "table: Markdown": (f"| user | API key | rows |\n|---|---|---|\n| ada | x | 3 |\n| ben | {word} | 4 |", word),
        "table: PostgreSQL": (f" user | password \n------+----------\n ada  | {word}\n(1 row)", word),
        "table: MySQL": (f"+---+---+\n| user | token |\n+---+---+\n| ada | {word} |\n+---+---+", word),
        "table: aligned": (f"NAME     {'PASSWORD':24}ROWS\nada      {'x':24}3\nben      {word:24}4", word),
        "table: aligned pair": (f"password        {word}\nrows     3", word),
        "table: CSV": (f"user,password,rows\nada,{word},3", word),
        "table: CSV in quotes": (f'"user";"api_key"\n"ada";"{word}"', word),
        "table: tabs": (f"user\tpassword\nada\t{word}", word),
        "table: HTML, beside": (f"<tr><th>password</th><td>{word}</td></tr>", word),
        "table: HTML, below": (f"<tr><th>user</th><th>password</th></tr><tr><td>ada</td><td>{word}</td></tr>", word),
        "table: definition list": (f"<dt>password</dt><dd>{word}</dd>", word),
        "table: insert": (f"INSERT INTO users (name, password) VALUES ('ada', '{word}')", word),  # noqa: S608 - no query
        "table: insert, values apart": (f"INSERT INTO users (name, password) VALUES (?, ?) ('ada', '{word}')", word),  # noqa: S608 - no query
        "SQL, set password": (f"SET PASSWORD FOR 'ada'@'%' = '{word}'", word),
    }


def _commands() -> dict[str, tuple[str, str]]:
    word = _password()
    commands = (
        "docker login -u ada -p {} registry.example", "helm registry login -u ada -p {} r.example", "podman login -u=ada -p={}",
        "az login --service-principal -u x -p {} --tenant y", "mongosh --host db -u ada -p {}", "ldapsearch -x -D cn=admin -w {} -b dc=x",
        "smbclient //h/s -U ada%{}", "curl -uada:{} https://x", "http -a ada:{} GET x", "openssl rsa -passin pass:{} -in key.pem",
        "zip -P {} x.zip a", "7z x -p{} a.7z", "kubectl create secret generic db --from-literal=url={}", "mysqldump -u root -p{} rows",
        "setenv API_TOKEN {}", "set -x API_TOKEN {}", "ENV API_TOKEN {}", "ConvertTo-SecureString '{}' -AsPlainText",
    )  # fmt: skip
    return {f"command: {command.split()[0]} {number}": (command.format(word), word) for number, command in enumerate(commands)}


def _escaped_again() -> dict[str, tuple[str, str]]:
    word = _password()
    quoted, in_json = quote(json.dumps({"password": word})), json.dumps({"password": word})
    return {
        "URL-encoded twice": (quote(quoted), word),
        "form, URL-encoded twice": (quote(quote(f"a=b&password={word}&x=1")), word),
        "HTML-escaped JSON twice": (html.escape(html.escape(in_json)), word),
        "HTML's numbers": (f"{{&#x22;password&#x22;:&#x22;{word}&#x22;}}", word),
        "HTML's colon": (f"password&#58; {word}", word),
        "list": (json.dumps({"passwords": ["x", word]}), word),
        "nested": (json.dumps({"password": {"value": word}}), word),
        "value before its name": (json.dumps({"value": word, "name": "DB_PASSWORD"}), word),
        "field of a form's list": (f"user%5Bpassword%5D={word}&x=1", word),
        "field of a form's map": (f"user[password]={word}&passwords[]=1", word),
        "Pydantic": (f"password=SecretStr('{word}')", word),
        "Rust": (f'Login {{ password: Some("{word}") }}', word),
        "headers as lists": (f"{{'x-api-key': ['{word}']}}", word),
        "cookies as tuples": (repr([("set-cookie", f"a={word}; Path=/")]), word),
        "cookies as lists": (json.dumps({"set-cookie": [f"a={word}; Path=/"]}), word),
        "YAML, list": (f"passwords:\n  - x\n  - {word}\nrows: 3", word),
        "YAML, folded, second line": (f"password: >\n  aaa bbb\n  {word}\nrows: 3", word),
        "YAML, anchor": (f"password: &pw {word}", word),
        "YAML, tag": (f"password: !!str {word}", word),
        "HCL": (f'variable "password" {{\n  default = "{word}"\n}}', word),
        "Nix": (f"password = ''{word}'';", word),
        "properties, escaped": (f"spring.datasource.password\\={word}", word),
        "colours": (f"\x1b[1mpassword\x1b[0m: \x1b[32m{word}\x1b[0m", word),
        "Markdown": (f"**Password:** {word}", word),
        "Markdown's code": (f"`password`: `{word}`", word),
        "dots": (f"password ............ {word}", word),
        "arrow of typography": (f"password \u2192 {word}", word),
        "DSN with a space": (f"host=db password=my\\ {word} dbname=x", word),
    }  # fmt: skip


def _files() -> dict[str, tuple[str, str]]:
    word, key, a = _password(), made_of(ALPHANUMERIC + "+/", 39) + "x", made_of
    pem = f"-----BEGIN EC PRIVATE KEY-----\n{a(ALPHANUMERIC, 64)}\n{key}{a(ALPHANUMERIC, 24)}\n-----END EC PRIVATE KEY-----"
    signed = f"eyJhbGciOiJIUzI1NiJ9.eyJ{a(ALPHANUMERIC, 60)}", f"{a(ALPHANUMERIC, 60)}A1.{a(URL_SAFE, 43)}x"
    account_key = a(ALPHANUMERIC, 86) + "=="
    return {
        "pgpass": (f"db.example:5432:rows:edge:{word}", word),
        "pgpass for all": (f"*:*:*:edge:{word}", word),
        "netrc in lines": (f"machine api.example\n  login ada\n  password {word}\n", word),
        "pypirc": (f"[pypi]\nusername = __token__\npassword = {word}\n", word),
        "file of cookies": (f"#HttpOnly_.example.com\tTRUE\t/\tTRUE\t1893456000\tsid\t{word}", word),
        "file of docker in a secret": (f".dockerconfigjson: {_b64(json.dumps({'auths': {word: 1}}))}", _b64('{"auths": {"x"')[:16]),
        "Kubernetes, YAML": (f"kind: Secret\ndata:\n  url: {_b64(word)}\n  user: YWRh\ntype: Opaque", _b64(word)),
        "Kubernetes, words": (f"kind: Secret\nstringData:\n  conn: {word}\n", word),
        "Kubernetes, JSON": (json.dumps({"kind": "Secret", "data": {"conn": _b64(word)}}), _b64(word)),
        "WireGuard": (f"[Interface]\nPrivateKey = {key}=\nAddress = 10.0.0.1", key),
        "Ansible's vault": (f"$ANSIBLE_VAULT;1.1;AES256\n{a(HEX, 80)}\n{'4711' * 20}", "4711"),
        "JSON Web Key": (json.dumps({"kty": "oct", "k": account_key[:43]}), account_key[:43]),
        "private key in a log": ("\n".join(f"2026-01-01 INFO {line}" for line in pem.split("\n")), key),
        "private key in a log, cut off": ("\n".join(f"2026-01-01 INFO {line}" for line in pem.split("\n")[:3]), key),
        "private key as a list": (repr(pem.split("\n")), key),
        "private key in JSON in JSON": (json.dumps(json.dumps(pem)), key),
        "private key in a URL": (quote(pem, safe="/+"), key),
        "private key in HTML": (pem.replace("\n", "<br>"), key),
"private key of SSH2": (pem.replace("-----BEGIN", "---- BEGIN").replace("-----END", "---- END").replace("KEY-----", "KEY ----"), key),
        "private key in base64": (_b64(pem), _b64(pem)[60:100]),
        "JWT over two lines": (f"{signed[0]}\n  {signed[1]}", signed[1]),
        "JWT over two lines in JSON": (json.dumps("\n".join(signed)), signed[1]),
        "AWS, alone": (f"it is {key} they say", key),
        "AWS, CSV": (f"Access key ID,Secret access key\nAKIA{a(string.ascii_uppercase + string.digits, 16)},{key}", key),
        "Azure's account key, alone": (f"key {account_key} of x", account_key),
        "Azure's secondary key": (json.dumps({"secondaryKey": f"{key}Abc="}), key),
        "Application Insights": (f"InstrumentationKey=12345678-1234-1234-1234-{word};IngestionEndpoint=https://x", word),
        "path with /key/": (f"GET https://api.example/key/{a(ALPHANUMERIC, 16)}4711 -> 200", "4711"),
        "path with /keys/": (f"GET /api/keys/{a(ALPHANUMERIC, 28)}4711/rows", "4711"),
        "fragment of a link": (f"https://x.example/reset#{a(ALPHANUMERIC, 36)}4711", "4711"),
        "field of a link": (f"https://x.example/invite?i={a(ALPHANUMERIC, 36)}4711", "4711"),
        "SAML": (f"SAMLResponse={key}{key}", key),
        "one-time code": ("Your one-time code is 482910.", "482910"),
        "prose: set to": (f"password set to {word}", word),
        "prose: of somebody": (f"password of ada is {word}", word),
        "prose: the token is": (f"the token is {word}", word),
        "Spanish": (f"contraseña: {word}", word),
        "Chinese": (f"密码\uff1a{word}", word),
        "Groq": (f"gsk_{a(ALPHANUMERIC, 52)}", "gsk_"),
        "Notion": (f"secret_{a(ALPHANUMERIC, 43)}", "secret_"),
        "NuGet": (f"oy2{a(string.ascii_lowercase + string.digits, 43)}", "oy2"),
        "age": (f"age-secret-key-1{a(string.ascii_lowercase + string.digits, 58)}", "secret-key-1"),
    }  # fmt: skip


def _met_in_logs() -> dict[str, tuple[str, str]]:
    word, a = _password(), made_of
    token, digest = a(ALPHANUMERIC, 40), a(HEX, 32)
    texts = (
        '"Cmd": ["redis-server", "--requirepass", "{}"]', "{{.data.password}}: {}", "curl --cert client.pem:{} https://x",
        "Driver={{ODBC 18}};UID=ada;PWD={{ab;{}}};Encrypt=yes", "auth:\n  password:\n    value: {}\n", "pass: {}\nport: 5432",
        '{{"db_password":{{"sensitive":true,"type":"string","value":"{}"}}}}', '~ password = "old-4711" -> "{}"',
        "user default on >{} ~* +@all", "ACL SETUSER ada on >{} ~*", "HELLO 3 AUTH default {}", '1.2 [0 x:1] "auth" "{}"',
        "CREATE LOGIN ada WITH PASSWORD = N'{}'", "rabbitmqctl add_user ada {}", "rabbitmqadmin -u ada -p {} list", "rclone: pass = {}",
        "etcdctl --user root:{} get x", "ssh-keygen -t rsa -N {} -f k", "wifi psk: {}", 'client.login("ada", "{}")', "auth=('ada', '{}')",
        "<key>password</key>\n<string>{}</string>", "::add-mask::{}", "Das Passwort lautet {}", "rocommunity {} default",
        "echo root:{} | chpasswd", "userPassword:: {}",
    )  # fmt: skip
    tokens = (
        "<Cookie sid={} for x/>", "https://chat.example/hooks/{}", "code_verifier={}", "id_token_hint={}", "Unseal Key 1: {}",
        "GET /maps?key={}&x=1", "eyJhbGciOiJSUzI1NiJ9%2EeyJzdWIiOiIxIn0%2E{}", "api key for prod is {}", "using API key {} now",
        "SSWS {}", "tskey-auth-{}", "ngrok config add-authtoken {}", "Fastly-Key: {}", "ATBB{}", "ops_eyJ{}",
    )  # fmt: skip
    return {
        **{f"log: {text[:24]} {number}": (text.format(word), word) for number, text in enumerate(texts)},
        **{f"log: {text[:24]} {number}": (text.format(token), token) for number, text in enumerate(tokens)},
        "log: routing key": (f'"routing_key": "{digest}"', digest),
        "log: crumb": (f"Jenkins-Crumb: {digest}{digest}", digest),
        "log: key of PuTTY": (f"Private-Lines: 1\n{token}{token}\nPrivate-MAC: x", token),
        "log: hash of PostgreSQL": (f"SCRAM-SHA-256$4096:{_b64(word)}==$x:{token}", token),
        "log: hash of Apache": (f"ada:{{SHA}}{_b64(word)}", _b64(word)),
        "log: words of a seed": (f"seed phrase: {'legal winner thank ' * 4}zeppelin", "zeppelin"),
        "log: code of recovery": ("recovery code: ab12c-34def", "ab12c-34def"),
        "log: password of a key store": (f"opened keystore.p12 storepass {word}", word),
        "log: path of a hook": (f"POST https://ci.example/hook/{token}47/ -> 200", token),
        "log: path of a webhook": (f"POST /api/webhook/{token}47 -> 200", token),
        "log: Azure DevOps": (f"pushed with {token}{token[:36]}AZDO4711 to it", token),
        "log: PIN": ("PIN: 482913", "482913"),
    }


def _of_a_second_look() -> dict[str, tuple[str, str]]:
    word, seed = _password(), made_of(string.ascii_uppercase + "234567", 32)
    texts = (
        "htpasswd -nbB ada {}", "htpasswd -b .htpasswd ada {}", "echo {} | docker login -u ada --password-stdin",
        "printf '{}' | helm registry login --password-stdin", "setx DB_PASSWORD {}", "<property name='apiKey'>{}</property>",
        '<string name="password">{}</string>', '<entry key="db.password" encoding="plain">{}</entry>', "USER ada\nPASS {}",
    )  # fmt: skip
    return {
        **{f"seen: {text[:24]} {number}": (text.format(word), word) for number, text in enumerate(texts)},
        "seen: field of Vault": (f"vault kv get -field=db_password secret/db\n{word}", word),
        "seen: codes of recovery": ("recovery codes: 4f9d-1b2c ab12c-34def 91bb-0c0d", "ab12c-34def"),
        "seen: numbered codes of recovery": ("Your backup codes are:\n  1. abcde-fghij\n  2. 7e3d4-c91bb", "7e3d4-c91bb"),
        "seen: code of an authenticator": ("sent otp=482913 to it", "482913"),
        "seen: seed of an authenticator": (f"totp secret {seed}", seed),
        "seen: answer to a mail server": (f"AUTH LOGIN\n334 UGFzc3dvcmQ6\n{_b64(word)}", _b64(word)),
    }


KINDS: dict[str, tuple[str, str]] = {
    **_named(), **_headers(), **_connections(), **_tokens(), **_places(), **_less_common(), **_tables(), **_commands(), **_escaped_again(),
    **_files(), **_met_in_logs(), **_of_a_second_look(),
}  # fmt: skip
"""By name, a text and what must not be left of it."""
