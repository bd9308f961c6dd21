"""Secrets in the arguments of well-known commands: `docker login -u ada -p ...`, `curl -u ada:...`, `az login -p ...`.

Source: the commands' own manuals.
"""

HIDDEN = "<redacted>"
_KEPT = rf"\1{HIDDEN}"
_ARGUMENTS = r"\b[^\n|;]{0,300}?"
_VALUE = r"(?:'[^'\n]+'|\"[^\"\n]+\"|[^\s\"']+)"

COMMANDS: list[tuple[tuple[str, ...], str, str]] = [
    (("curl ", "wget "), r"((?:^|\s)(?:-u|--user|--proxy-user)[\s=]*[\"']?[^\s:\"'-][^\s:\"']*:)[^\s\"']+", _KEPT),
    (("http ", "https ", "xh "), r"(\b(?:https?|xh)\s(?:[^\n|;]{0,300}?\s)?(?:-a|--auth)[\s=]+[\"']?[^\s:\"']+:)[^\s\"']+", _KEPT),
    (("mysql", "mariadb"), rf"(\b(?:mysql|mariadb)\w*\b[^\n|]{{0,300}}?\s-p)(?=\S{{4}}){_VALUE}", _KEPT),
    (("openssl ",), r"(\bopenssl\b[^\n|;]{0,300}?\s-K\s+)[0-9a-fA-F]{16,}", _KEPT),
    (("snmp",), r"(\s-[AX]\s+)(?=\S*\d)[^\s\"']{8,}", _KEPT),
    (("psexec",), rf"(\bpsexec{_ARGUMENTS}\s-p\s+){_VALUE}", _KEPT),
    (("ipmitool ", "isql ", "osql ", "bcp "), rf"(\b(?:ipmitool|isql|osql|bcp){_ARGUMENTS}\s-P\s*){_VALUE}", _KEPT),
    (("rabbitmqadmin ",), r"(\brabbitmqadmin\b[^\n|;]{0,300}?\s-p[\s=]*)[^\s|;]+", _KEPT),
    (("etcdctl ",), r"(\betcdctl\b[^\n|;]{0,300}?\s--user[\s=]+[^\s:]+:)[^\s|;]+", _KEPT),
    (("ssh-keygen ",), rf"(\bssh-keygen\b[^\n|;]{{0,300}}?\s-[NP]\s+){_VALUE}", _KEPT),
    (("curl ",), r"(\bcurl\b[^\n|;]{0,300}?\s(?:-E|--cert)[\s=]+[^\s:]+:)[^\s|;]+", _KEPT),
    (("sshpass",), r"(\bsshpass\s+-p\s*)\S+", _KEPT),
    (("redis-cli",), r"(\bredis-cli\b[^\n|]{0,300}?\s-a\s+)\S+", _KEPT),
    (
        (" login ", " logon "),
        rf"(\b(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|crane|oc|az|cf|argocd){_ARGUMENTS}\s-p[\s=]+){_VALUE}",
        _KEPT,
    ),
    (("mongo", "cqlsh", "influx", "sqlcmd"), rf"(\b(?:mongo\w*|cqlsh|influx|sqlcmd){_ARGUMENTS}\s-[pP][\s=]*)(?!\d+\b){_VALUE}", _KEPT),
    (("ldap",), rf"(\bldap(?:search|add|modify|delete|whoami|passwd|compare){_ARGUMENTS}\s-w\s*){_VALUE}", _KEPT),
    (
        ("htpasswd ",),
        r"(\bhtpasswd\s(?=[^\n|;]*?-\w*b)(?:(?=[^\n|;]*?-\w*n)(?:-\S+\s+|\d+\s+)+|(?:-\S+\s+|\d+\s+)+\S+\s+)\S+\s+)"
        rf"{_VALUE}",
        _KEPT,
    ),
    (("password-stdin",), rf"(\b(?:echo|printf)\s+(?:-\w\s+)?){_VALUE}(?=\s*\|[^\n]{{0,200}}-password-stdin)", _KEPT),
    (("-field",), r"(\s-field[=\s]\w*(?i:password|token|secret|key)\w*[^\n|;]*(?:\r?\n|\\+n|\\x0a)[ \t]*)\S+", _KEPT),
    (("smbclient", "rpcclient"), r"(\b(?:smb|rpc)client\b[^\n|]{0,300}?\s-U\s*[\"']?[^\s%\"']+%)[^\s\"']+", _KEPT),
    (("zip ", "7z ", "rar "), rf"(\b(?:zip|unzip|zipcloak){_ARGUMENTS}\s-P\s*|\b(?:7z\w?|rar|unrar){_ARGUMENTS}\s-h?p){_VALUE}", _KEPT),
]
"""Where one of these texts and an option is (in lower case), what is looked for, and what it becomes."""
ARGUMENTS: list[tuple[tuple[str, ...], str, str]] = [
    (("net use ",), r"(\bnet use\s[^\n]{0,60}?\\\\\S+\s+)(?![/*])\S+", _KEPT),
    (("-agent-token",), r"(-agent-token\s+[a-z]+\s+)\S+", _KEPT),
    (("nmcli ",), rf"(\bnmcli\b[^\n|;]{{0,200}}?\s(?:password|psk)\s+){_VALUE}", _KEPT),
    (("wpa_passphrase ",), rf"(\bwpa_passphrase\s+{_VALUE}\s+){_VALUE}", _KEPT),
    (("sqlplus ",), r"(\bsqlplus\s+(?:-\w+\s+)*[^\s/]+/)[^\s@]+", _KEPT),
    ((" /p:",), r"(\s/p:)(?=\S*[A-Za-z])(?!\S*=)\S{4,}", _KEPT),
    (("storepass ", "keypass "), r"(\b(?:store|key)pass\s+)(?=\S*\d)[^\s\"']{6,}", _KEPT),
    (("rabbitmqctl ",), r"(\brabbitmqctl\s(?:[^\n|;]{0,100}?\s)?(?:add_user|change_password|authenticate_user)\s+\S+\s+)[^\s|;]+", _KEPT),
    (("add-authtoken ",), r"(\badd-authtoken\s+)\S+", _KEPT),
    (("chpasswd",), r"([\w-]+:)[^\s|\"']+(?=[\"']?\s*\|\s*(?:sudo\s+)?chpasswd)", _KEPT),
    (("openssl ", "keytool", "pass:"), r"(-(?:passin|passout|pass|k)\s+(?:pass:)?)(?!(?:env|file|fd|stdin)\b)[^\s\"']+", _KEPT),
    (("--from-literal",), rf"(--from-literal[\s=]+[\"']?[\w.-]+=){_VALUE}", _KEPT),
]
"""The same where no space has to be before an option."""
