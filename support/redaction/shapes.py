"""Secrets that are known by what they look like, wherever they stand.

The shapes of vendors' tokens are those of detect-secrets, loaded when a text holds what such a token begins with; those it does not know,
and connection strings, keys and headers, are listed here. Source: the vendors' documentation of their tokens' formats.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib import import_module

from support.redaction.commands import ARGUMENTS, COMMANDS

HIDDEN = "<redacted>"
_A, _B = r"(?<![\w-])", r"(?![\w-])"
Shape = tuple[tuple[str, ...], str, str]
_KEPT = rf"\1{HIDDEN}"
"""What stands in front of the secret stays."""
_SCHEME = r"(?i:Bearer|Token|Basic|Digest|Negotiate|ApiKey|SSWS|GenieKey)"
_RANDOM = r"(?=[\w.~+/%=-]{18}|[\w.~+/%=-]*(?:\d|[a-z][A-Z]|[A-Z]{2}[a-z]|[._~+/-]\w*[._~+/-]|=))"
"""No word of prose comes next: "token expired"."""
_PRIVATE = r"(?:[A-Z0-9]+(?:\s|%20|\+))*?PRIVATE(?:\s|%20|\+)KEY(?:(?:\s|%20|\+)BLOCK)?|OpenVPN Static key V1"
_PEM_END = rf"----(?:-|\s)END (?:{_PRIVATE})(?:-|\s)----".replace(" ", r"(?:\s|%20|\+)")
_PEM_BEGIN = rf"----(?:-|\s)BEGIN (?:{_PRIVATE})(?:-|\s)----".replace(" ", r"(?:\s|%20|\+)")
_PEM_LINE = r"(?:[A-Za-z0-9+/=]{16,}|(?:Proc-Type|DEK-Info|Version|Comment|Charset):[^\n]*)"
_PEM_REST = r"(?:[A-Za-z0-9+/=]+(?:\s|\\+[nr])*)?"
_LINE_END = r"(?:\s|\\+[nr]|%0[AD]|<br ?/?>|[\"',>])"
# the beginning of a line of a log, and a line of a key that was cut off
_LOGGED_LINE = r"(?:\n[^\n]{0,120}?(?<![\w+/=])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/]))"
_PEM_MARKS = ("private key", "private%20key", "private+key", "openvpn static key")
_LINK = (
    r"reset[\w-]*|[\w-]+-reset|verif(?:y|ication)[\w-]*|activate|invite|invitations?|magic[\w-]*|confirm[\w-]*|tokens?|secrets?"
    r"|(?:api[_-]?)?keys?|auth|login|passwords?|unsubscribe"
)

_SEVERAL_CODES = (
    r"(?:(?:[\s,|*#>]|\\+n|\d{1,2}[.)]\s|- )+(?:[A-Za-z0-9]{4,8}(?:-[A-Za-z0-9]{4,8})+|(?=[A-Za-z]*\d)[A-Za-z0-9]{6,12})(?![\w-]))+"
)
"""Several of them, in a row or in lines."""
_TAB = r"(?:\t|\\+t|\\x09)"
_CUT = (
    r"(?:(?:\r?\n|\\+n|\\x0a)(?:[ \t>|]*|[^\n]{0,120}?[ \t|>](?=\S+[ \t]*(?:\r?\n|\Z)))"
    r"(?=[\w.-]*[\d._-])(?=[\w.-]*[A-Z])[\w.-]{16,}(?![^\s\"'\\,;<]))"
)
"""A line that what was too long for one goes on in."""
_CHANGE = r"(?<=[a-z])[^a-z]|(?<=[A-Z])[^A-Z]|(?<=\d)\D|(?<=[+/])[^+/]"
_MOST_CHANGES = 13
"""Of small, capital, digit and mark among forty letters, where they are a path or words; by chance there are about 25."""

# where one of these texts is (in lower case), what is looked for, and what it becomes: looking for the texts costs much less
SHAPES: list[Shape] = [
    (
        ("bearer", "token", "basic", "digest", "negotiate", "apikey", "ssws", "geniekey"),
        rf"\b({_SCHEME}(?:\s|%20|\\?[+])+){_RANDOM}[\w.~+/%=-]{{8,}}",
        _KEPT,
    ),
    (("identified ",), r"((?i:\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)\s+(?:PASSWORD\s+)?)[\"'])[^\"'\n]+", _KEPT),
    (("auth plain", "auth login"), r"(\bAUTH (?:PLAIN|LOGIN) )[A-Za-z0-9+/]{8,}={0,2}", _KEPT),
    (("auth ", "requirepass"), r"(\b(?:AUTH(?:\s+default)?|requirepass|masterauth)\s+)(?=\S*\d)(?=\S*[A-Za-z])[^\s\"'<>]{8,}", _KEPT),
    (('"auth',), r"(\"auth\\*\"\s*:\s*\\*\")[A-Za-z0-9+/]{8,}={0,2}(?=\\*\")", _KEPT),
    (("<input",), r"(<input\b[^<>\n]{0,200}?\bvalue=[\"'])[^\"'\n]+(?=[\"'][^<>\n]{0,200}?=[\"']password)", _KEPT),
    # .pgpass: host, port, database, user, password
    (
        (":543", ":*:", ":643"),
        r"((?<![\w./*-])(?:\*|[\w.-]+|/[\w./-]+):(?:\*|[56]43\d):[\w.*$-]+:[\w.*@$-]+:)(?:\\.|[^\s:\\])+(?![\w:])",
        _KEPT,
    ),
    (
        ("otp", "pin=", "pin: ", "pin ", "2fa", "mfa", "code is ", "code: "),
        r"\b((?:TOTP|OTP|otp)\s*[:=]\s*|OTP (?:is )?|(?:PIN|pin)(?:=|: | (?:is )?)|(?:2FA|MFA)(?: code)?(?: is)?[:=]? ?"
        r"|(?i:your|login|sign-?in|security|access) code(?: is)?:? )(?:\d{4,8}|\d{3}[ -]\d{3})\b",
        _KEPT,
    ),
    ((" is your ",), r"(?:\bG-)?\b\d{4,8}(?= is your [\w -]{0,40}code\b)", HIDDEN),
    (("cvv", "cvc"), r"(\b(?i:cv[vc]2?)\\*[\"']?\s*[:=]?\s*\\*[\"']?)\d{3,4}\b", _KEPT),
    (
        ("card", "pan=", "pan:", "ccn"),
        r"(\b(?i:(?:\w+_)?card(?:[ _-]?(?:number|no))?|ccn|pan)\\*[\"']?\s*[:=]?\s*\\*[\"']?)(?:\d[ -]?){12,18}\d\b",
        _KEPT,
    ),
    (("iban",), r"(\b(?i:iban)\\*[\"']?\s*[:=]?\s*\\*[\"']?)[A-Z]{2}\d\d(?: ?[A-Z0-9]{2,4}){3,8}\b", _KEPT),
    (("ssn",), r"(\b(?i:ssn)\W{1,4})\d{3}-?\d\d-?\d{4}\b", _KEPT),
    # of nginx, LDAP and Postfix
    (("_password ", "_passphrase "), r"(\b\w+_pass(?:word|phrase)[ \t]+)(?!=)[^\s;]{6,}(?=;)", _KEPT),
    (("rootpw ", "bindpw "), r"(\b(?:root|bind)pw\s+)(?!=)\S{6,}", _KEPT),
    (("static:", "]:"), r"(\bstatic:[^\s:]+:|\[[\w.-]+\]:\d{2,5}\s+[^\s:]+:)(?=\S*\d)[^\s:\"']{6,}", _KEPT),
    # of Terraform and Azure Pipelines
    (("random_password",), r"(random_password\b[\s\S]{0,1000}?\"(?:result|bcrypt_hash)\\*\"\s*:\s*\\*\")[^\"\\\n]+", _KEPT),
    (("issecret=true",), r"(\bissecret=true[^\]\n]{0,100}\])[^\n]+", _KEPT),
    (
        ("passwords:",),
        r"(\bpasswords:[ \t]*\n)(?P<indent>[ \t]+)[\w.-]+:[ \t]+[^\n]+(?:\n(?P=indent)[\w.-]+:[ \t]+[^\n]+)*",
        rf"\1\2{HIDDEN}",
    ),
    (
        ("secrets:", "tokens:", "credentials:"),
        r"(\b(?:secrets|tokens|credentials):[ \t]*\n[ \t]+[\w.-]+:[ \t]+[\"']?)(?=\S*\d)(?=\S*[A-Za-z])[^\s\"']{8,}",
        _KEPT,
    ),
    (("totp ", "otp secret", "otp_secret"), r"(\b(?i:T?OTP[ _](?:secret|seed)[\"']?[:=]?\s?[\"']?))[A-Z2-7]{16,}", _KEPT),
    (("recovery codes", "backup codes"), rf"((?i:recovery|backup) (?i:codes)(?i: are)?:?){_SEVERAL_CODES}", f"\\1 {HIDDEN}"),
    (("user ",), r"(\bUSER \S+[\s\S]{0,100}?\bPASS )(?=\S*\d)[^\s\\\"']+", _KEPT),
    # what a mail server asks for, in base64: Password:
    (("ugfzc3dvcmq6",), r"(UGFzc3dvcmQ6(?:\s|\\+[rn]|\\x0[ad])+(?:\S+[ \t]+){0,6}?)[A-Za-z0-9+/]{8,}={0,2}(?![^\s\\])", _KEPT),
    # cookies as curl keeps them
    (
        ("\ttrue\t", "\tfalse\t", "\\ttrue\\", "\\tfalse\\", "\\x09true", "\\x09false"),
        rf"({_TAB}(?:TRUE|FALSE){_TAB}/[^\s\\]*{_TAB}(?:TRUE|FALSE){_TAB}\d+{_TAB}[^\s\\]+{_TAB})[^\s\\\"']+",
        _KEPT,
    ),
    (("psk=", "psk:"), r"(\bpsk[\"']?(?:=|:\s*)\"?)[^\s\"]{8,}", _KEPT),
    (("user ",), r"(\b(?i:user|setuser) \S+ (?:on|off) (?:[^\s>]+ ){0,20}>)\S+", _KEPT),
    (('"auth" ', '"auth\\" '), r"(?i:(\"auth\\*\" (?:\\*\"[^\"]*\" )?\\*\"))[^\"\\]+(?=\\*\")", _KEPT),
    (("seed phrase", "mnemonic"), r"((?i:seed phrase|mnemonic)\W{1,5})(?:[a-z]{3,8}\s){11,23}[a-z]{3,8}(?!\w|[\w.+-]*@)", _KEPT),
    (("<cookie ",), r"(<Cookie [^=\s<>]{1,80}=)[^\s<>]+(?= for )", _KEPT),
    (("community",), r"(\br[ow]community6?\s+)\S+", _KEPT),
    (("::add-mask::",), r"(::add-mask::)[^\n]+", _KEPT),
    (
        ("login(", "authenticate(", "auth=(", "basicauth("),
        r"((?i:login|authenticate|auth=|basicauth)\(\s*\\*[\"'][^\"'\n]*[\"']\s*,\s*\\*[\"'])[^\"'\\\n]+",
        _KEPT,
    ),
    (("wandb ",), r"(\bwandb\s+login\s+(?:--\S+\s+)*)\w{20,}", _KEPT),
    (("securestring",), r"((?i:ConvertTo-SecureString)\s+(?:-String\s+)?[\"'])[^\"'\n]+", _KEPT),
]
# the same for what has at least sixteen letters in a row
LONG_SHAPES: list[Shape] = [
    (_PEM_MARKS, rf"{_PEM_BEGIN}(?:(?!{_PEM_BEGIN})[\s\S]){{0,20000}}?{_PEM_END}", HIDDEN),
    (_PEM_MARKS, rf"{_PEM_BEGIN}(?:(?:{_LINE_END}+{_PEM_LINE})+|{_LOGGED_LINE}+)?", HIDDEN),
    # base64 of one: PRIVATE, wherever it begins
    (("ls0tls1crudjti",), r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{0,30}?(?:UFJJVkFUR|BSSVZBVE|QUklWQVRF)[A-Za-z0-9+/=_-]+", HIDDEN),
    # one whose beginning was cut off
    (("private key",), rf"(?<![\w+/=])(?:[A-Za-z0-9+/=]{{40,}}{_LINE_END}+){{1,100}}{_PEM_REST}{_PEM_END}", HIDDEN),
    (("putty-user-key",), r"PuTTY-User-Key-File-[\s\S]*?(?:Private-MAC: *\w+|\Z)", HIDDEN),
    (("private-lines",), r"(Private-Lines: *\d+)[\s\S]{0,8000}?(?=Private-MAC|\Z)", _KEPT),
    (("scram-sha-",), r"SCRAM-SHA-(?:1|256|512)\$\d+:[\w+/=]+\$[\w+/=]+:[\w+/=]+", HIDDEN),
    (("{sha", "{ssha"), r"(\{S?SHA\d*\})[A-Za-z0-9+/=]{20,}", _KEPT),
    (("unseal key",), r"((?i:unseal key)(?: \d+)?:\s*)\S{20,}", _KEPT),
    (("routing_key", "routing-key"), r"(routing[_-]key\W{1,5})[0-9a-f]{32}\b", _KEPT),
    (("crumb",), r"((?i:crumb)[\"']?\s*[:=]\s*[\"']?)[0-9a-f]{32,}", _KEPT),
    (("azdo",), rf"{_A}[A-Za-z0-9]{{76}}AZDO[A-Za-z0-9]{{4}}{_B}", HIDDEN),
    (("hook/", "hooks/"), r"(/(?:web-?)?hooks?/)(?=\S*\d)[\w-]{16,}(?:/[\w-]{16,})?", _KEPT),
    (("key=",), r"((?<![\w-])key=)(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{30,}", _KEPT),
    (("nonce",), r"(\bc?nonce\\*[\"']?\s*[:=]\s*\\*[\"']?)(?=[^\s\"',;&]*\d)[\w+/=.-]{16,}", _KEPT),
    (("/owa/calendar/",), r"(/owa/calendar/)[^\s\"'<>]+", _KEPT),
    (("oauth:",), r"(\boauth:)[a-z0-9]{30}\b", _KEPT),
    (("age-secret-key",), r"(?i:AGE-SECRET-KEY-1[0-9A-Z]{50,})", HIDDEN),
    (
        ("sharedaccess", "accountkey"),
        r"((?i:SharedAccessKey|SharedAccessSignature|AccountKey)(?:=|%3D|\s+))(?!<)[^;\s\"'&]+",
        _KEPT,
    ),
    (("sig=", "sig%3d"), r"\b(sig(?:=|%3[Dd]))[\w%+/=.-]+", _KEPT),
    # user:password@host, but not host:port
    (("://",), r"(://[^\s:/@\"'<>]{0,100}:)(?!\d{1,5}(?:[/?#,\s]|$))[^\s\"'<>]{1,300}@", rf"\1{HIDDEN}@"),
    (("://",), r"(://)[^\s:/@\"'<>]{16,300}@", rf"\1{HIDDEN}@"),
    (("%3a%2f%2f",), r"(%3[Aa]%2[Ff]%2[Ff](?:(?!%3[Aa]|%40|%2[Ff])[^\s\"'&])+%3[Aa])(?:(?!%40)[^\s\"'&])+(?=%40)", _KEPT),
    (("jdbc:oracle",), r"(jdbc:oracle:\w+:[^/\s:@]+/)[^@\s]+(?=@)", _KEPT),
    (
        ("csrf", "xsrf", "session="),
        r"\b((?i:\w*[cx]srf[\w-]*|session)[\"']?\s*[=:]\s*[\"']?)(?=[^\s;,\"']*\d)[^\s;,\"']{12,}",
        _KEPT,
    ),
    (
        (
            "/reset",
            "-reset",
            "/verif",
            "/activate",
            "/invit",
            "/magic",
            "/confirm",
            "/token",
            "/secret",
            "/key",
            "/api",
            "/auth",
            "/login",
            "/password",
            "/unsubscribe",
        ),
        rf"(/(?:{_LINK})/?(?:/|[?#&](?:[\w-]{{1,20}}=)?))(?=[\w~%=-]*\d)(?=[\w~%=-]*[A-Za-z])[\w~%=-]{{16,}}(?![\w~%=.-])",
        _KEPT,
    ),
    (("/password/",), r"(/passwords?/)(?=[\w~%=-]*\d)(?=[\w~%=-]*[A-Za-z])[\w~%=-]{6,}", _KEPT),
    (("ticket=", "samlresponse=", "samlart="), r"(?i:\b(ticket|SAMLResponse|SAMLart)=)[\w%+/=.-]{16,}", rf"\1={HIDDEN}"),
    (("code=", "code%3d"), r"(\b\w*code(?:=|%3[dD]))(?=[\w.~-]*\d)(?=[\w.~-]*[A-Za-z])[\w.~-]{20,}", _KEPT),
    ((".local.", ".public."), r"\bv[1-4]\.(?:local|public)\.[\w-]{20,}", HIDDEN),
    (("eyj",), rf"(?<![A-Za-z0-9])eyJ[\w-]{{10,}}={{0,2}}(?:\.|%2[Ee])[\w-]{{10,}}={{0,2}}(?:(?:\.|%2[Ee])[\w-]*)*{_CUT}*", HIDDEN),
    # the beginning of one whose rest is in other lines: "alg", "typ", "kid" or "auths" comes first
    (("eyjhb", "eyj0e", "eyjra", "eyjhd"), rf"(?<![A-Za-z0-9])eyJ(?:hbGci|0eXAi|raWQi|hdXRo)[\w+/-]{{10,}}={{0,2}}{_CUT}*", HIDDEN),
    # of Azure's accounts, without a name
    (("==",), r"(?<![\w+/=:-])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])[A-Za-z0-9+/]{86}==", HIDDEN),
    (
        ("arykey", "ary_key", "ary key", "ary-key"),
        r"((?i:primary|secondary)[ _-]?(?i:key)\W{1,6})(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{24,}={0,2}",
        _KEPT,
    ),
    (("encryption key ", "secret key "), r"((?i:encryption|secret) key (?:is )?)(?=\S*\d)(?=\S*[A-Z])[\w+/-]{20,}={0,2}", _KEPT),
    ((".atlasv1.",), rf"{_A}[A-Za-z0-9]{{14}}\.atlasv1\.[\w=-]{{60,}}", HIDDEN),
    (("nral",), rf"{_A}[0-9a-f]{{36}}NRAL{_B}", HIDDEN),
    # of JSON Web Keys
    (('"kty',), r"(\"(?:d|p|q|dp|dq|qi|k)\\*\"\s*:\s*\\*\")[\w-]{20,}", _KEPT),
    (("$ansible_vault",), r"\$ANSIBLE_VAULT;[^\s\\]+(?:(?:\r?\n|\\+n|\\x0a)(?:[^\n]{0,120}?(?<![\w+/=]))??[0-9a-f]{20,})*", HIDDEN),
    (("akia", "asia", "abia", "acca", "a3t"), rf"{_A}(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{{12,}}{_B}", HIDDEN),
    (("$2a$", "$2b$", "$2y$"), r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}", HIDDEN),
    (
        ("$argon2", "$6$", "$5$", "$1$", "$y$", "$apr1$", "pbkdf2_", "$scrypt"),
        r"(?:\$(?:argon2\w*|[156y]|apr1|scrypt)|pbkdf2_\w+)\$[^\s\"':;,]{20,}",
        HIDDEN,
    ),
    (("8q~", "7q~"), rf"{_A}[\w~.-]{{3}}[78]Q~[\w~.-]{{30,40}}", HIDDEN),
    (("hooks.slack.com",), r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[\w/-]+", _KEPT),
    (("/api/webhooks/",), r"(/api/webhooks/\d+/)[\w-]+", _KEPT),
    (("webhook.office.com",), r"(webhook\.office\.com/webhookb2/)[\w@/-]+", _KEPT),
    (("api.telegram.org",), r"(api\.telegram\.org/bot)\d+:[\w-]+", _KEPT),
]

# what begins so, and no plugin of detect-secrets knows
_PREFIXED = {
    "aiza": r"AIza[\w-]{35}", "ya29.": r"ya29\.[\w.-]{20,}", "gocspx": r"GOCSPX-[\w-]{20,}", "1//0": r"1//0[\w-]{40,}",
    "xapp-": r"xapp-\d-[\w-]{20,}", "xoxe": r"xoxe(?:\.xox[bp])?-\d-[\w-]{20,}", "xox": r"xox[abcdposr]-[\w%-]{10,}",
    "github_pat_": r"github_pat_\w{22,}", "npm_": r"npm_[A-Za-z0-9]{36,}", "hf_": r"hf_[A-Za-z0-9]{30,}",
    "sk-": r"sk-(?:proj-|ant-\w+-|svcacct-|or-v1-)?[\w-]{32,}", "k_test_": r"[srp]k_test_[0-9A-Za-z]{16,}",
    "whsec_": r"whsec_[\w+/=-]{20,}",
    "dckr_": r"dckr_(?:pat|oat)_[\w-]{20,}", "shp": r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "_v1_": r"do[opr]_v1_[0-9a-f]{64}",
    "hv": r"hv[sbr]\.[\w-]{20,}", "dapi": r"dapi[0-9a-f]{32}(?:-\d)?", "glsa_": r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
    "nrak-": r"NRAK-[A-Z0-9]{27}", "sntry": r"sntry[su]_[\w+/=-]{30,}", "lin_api_": r"lin_api_\w{32,}", "ntn_": r"ntn_\w{40,}",
    "pmak-": r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "atatt3": r"ATATT3[\w=-]{50,}",
    "eaaa": r"EAAA[\w-]{56,}", "rubygems_": r"rubygems_[0-9a-f]{48}", "ltai": r"LTAI[A-Za-z0-9]{17,21}", "sbp_": r"sbp_[0-9a-f]{40}",
    "pscale_": r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}", "dp.": r"dp\.(?:pt|st|ct)\.[\w.]{40,}", "hrku-": r"HRKU-[\w-]{36,}",
    "figd_": r"figd_[\w-]{30,}", "fm2_": r"fm2_[\w+/=-]{40,}", "squ_": r"squ_[0-9a-f]{40}", "sqp_": r"sqp_[0-9a-f]{40}",
    "gsk_": r"gsk_[A-Za-z0-9]{40,}", "xai-": r"xai-[A-Za-z0-9]{60,}", "pplx-": r"pplx-[A-Za-z0-9]{40,}",
    "r8_": r"r8_[A-Za-z0-9]{37}", "lsv2_": r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
    "secret_": r"secret_(?=[A-Za-z]*\d)[A-Za-z0-9]{43}", "pat": r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", "oy2": r"oy2[a-z0-9]{43}",
    "cio": r"cio(?=[A-Za-z]*\d)(?=[a-z\d]*[A-Z])[A-Za-z0-9]{32}", "nfp_": r"nfp_[A-Za-z0-9]{36,}", "fo1_": r"fo1_[\w-]{43}",
    "pul-": r"pul-[0-9a-f]{40}", "ezak": r"EZ[AT]K[A-Za-z0-9]{54}", "flwseck": r"FLWSECK(?:_TEST)?-[\w-]{30,}",
    "age-plugin-": r"(?i:AGE-PLUGIN-[A-Z0-9-]{1,40}-1[A-Z0-9]{20,})",
    "atbb": r"ATBB[A-Za-z0-9]{32,}", "eaac": r"EAAC[A-Za-z0-9]{60,}", "sl.": r"sl\.[\w-]{120,}", "ops_": r"ops_eyJ[\w+/=-]{40,}",
    "syt_": r"syt_[\w-]+_[A-Za-z0-9]{20}_[A-Za-z0-9]{6}", "tskey-": r"tskey-[a-z]+-[\w-]{20,}",
    "bkua_": r"bkua_[0-9a-f]{40}", "ccipat_": r"CCIPAT_\w{22,}", "key-": r"key-[0-9a-f]{32}", "sq0": r"sq0[a-z]{3}-[\w-]{22,43}",
}  # fmt: skip
PREFIXED_SHAPES: list[Shape] = [((mark,), _A + pattern + _B, HIDDEN) for mark, pattern in _PREFIXED.items()]

# what a text holds (in lower case) that one of detect-secrets' plugins may find something in
_PLUGINS: list[tuple[tuple[str, ...], str]] = [
    (("akc",), "artifactory"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), "github_token"),
    (("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-", "gr1348941"), "gitlab_token"),
    (("-us",), "mailchimp"),
    (("_authtoken",), "npm"),
    (("t3blbkfj",), "openai"),
    (("pypi-age",), "pypi_token"),
    (("sg.",), "sendgrid"),
    (("xox", "hooks.slack.com"), "slack"),
    (("sq0csp-",), "square_oauth"),
    (("k_live_",), "stripe"),
]
# the same for plugins whose finds begin with nothing in particular
_WITHOUT_MARK = (
    (r"\.[\w-]{6}\.[\w-]{27}", "discord"),
    (r":[\w-]{35}", "telegram_token"),
    (r"(?:AC|SK)[a-z0-9]{32}", "twilio"),
)
_LONG, _RUN = re.compile(r"\S{16}"), re.compile(r"[A-Za-z0-9_%=+.-]{15}|[A-Za-z0-9+/]{40}")
"""What most lines lack: without sixteen letters in a row, or without a run as tokens have it, most shapes need not be looked for."""
_LONGER = re.compile(r"[A-Za-z0-9_+/.:-]{34}")
"""What has no mark is at least so long."""
_FORTY = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/]{40}(?![\w+/=.-])")
_CARD = re.compile(r"(?<![\w.-])(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6(?:011|5\d\d))([ -])\d{4}\1\d{4}\1\d{4}(?![\w-])")
# when they are needed, which most never are: all of them take as long as the rest of a command takes to start
_compiled = cache(re.compile)


def hide_shapes(text: str, lower: str) -> str:
    """The text without what looks like a secret; `lower` is the same in lower case."""
    is_long = _LONG.search(text) is not None
    has_run = is_long and _RUN.search(text) is not None
    wanted: set[int] = set()
    for is_possible, gated in ((True, _SHORT_MARKS), (" -" in lower, _OPTION_MARKS), (is_long, _LONG_MARKS), (has_run, _RUN_MARKS)):
        for gate, marks in gated if is_possible else ():
            if gate in lower:
                for mark, number in marks:
                    if mark in lower:
                        wanted.add(number)
    for number in sorted(wanted):
        text = _HIDERS[number](text)
    text = _CARD.sub(_unless_no_card, text)
    if has_run and _LONGER.search(text) is not None:
        text = _FORTY.sub(_unless_words, text)
        for pattern, plugin in _WITHOUT_MARK:
            if _compiled(pattern).search(text):
                text = _hide_what_finds(plugin, text)
    return text


def _hide_shape(pattern: str, replacement: str, text: str) -> str:
    return _compiled(pattern).sub(replacement, text)


def _unless_words(found: re.Match[str]) -> str:
    # a secret access key of Amazon has no other shape than this
    changes = len(_compiled(_CHANGE).findall(found[0]))
    return HIDDEN if changes > _MOST_CHANGES and not _compiled(r"[\da-f]+|[\dA-F]+").fullmatch(found[0]) else found[0]


def _unless_no_card(found: re.Match[str]) -> str:
    # the last digit is a check of the others. Source: ISO/IEC 7812-1, Luhn's formula
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return found[0] if total % 10 else HIDDEN


def _hide_what_finds(plugin: str, text: str) -> str:
    for pattern in _patterns(plugin):
        text = pattern.sub(_hidden, text)
    return text


def _hidden(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    # in the midst of a longer word it is a piece of something else
    return found[0] if before.isalnum() and found[0][0].isalnum() else HIDDEN


@cache
def _patterns(plugin: str) -> list[re.Pattern[str]]:
    # the package takes a third of a second to import, and most runs never see a token
    detectors = vars(import_module(f"detect_secrets.plugins.{plugin}")).values()
    own = [found for found in detectors if isinstance(found, type) and found.__module__.endswith(plugin)]
    return [pattern for detector in own for pattern in getattr(detector, "denylist", ())]


def _gated(hiders: Iterable[tuple[str, ...]], first: int) -> list[tuple[str, list[tuple[str, int]]]]:
    """The marks with the number of what hides, by their rarest letter: most need not be looked for where that is missing."""
    found: dict[str, list[tuple[str, int]]] = {}
    for number, marks in enumerate(hiders, first):
        for mark in marks:
            found.setdefault(min(mark, key=_RARE_FIRST.find), []).append((mark, number))
    return list(found.items())


_RARE_FIRST = '\\$\t&*~<?+{%zj(q"=x_/vk9w57:6483yh-fug2mb1p0l.cdirnotase '
"""What marks are made of, ordered by how many lines of logs hold it: most lack the rarest letter of most marks."""
_SHORT = [*SHAPES, *ARGUMENTS]
_SHAPES = [*_SHORT, *COMMANDS, *LONG_SHAPES, *PREFIXED_SHAPES]
_HIDERS: list[Callable[[str], str]] = [partial(_hide_shape, pattern, replacement) for _, pattern, replacement in _SHAPES]
_HIDERS += [partial(_hide_what_finds, plugin) for _, plugin in _PLUGINS]
_SHORT_MARKS = _gated((marks for marks, _, _ in _SHORT), 0)
_OPTION_MARKS = _gated((marks for marks, _, _ in COMMANDS), len(_SHORT))
_LONG_MARKS = _gated((marks for marks, _, _ in LONG_SHAPES), len(_SHORT) + len(COMMANDS))
_RUN_MARKS = _gated([*(marks for marks, _, _ in PREFIXED_SHAPES), *(marks for marks, _ in _PLUGINS)], len(_SHAPES) - len(PREFIXED_SHAPES))
