"""Values that somebody might send to break out of where they belong. Every one of them holds MARK, so that a search for it
shows where the value went."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MARK = "zq7x"


@dataclass(frozen=True)
class Value:
    kind: str
    text: str


def _of(kind: str, *texts: str) -> list[Value]:
    return [Value(kind, text) for text in texts]


def _generic() -> Iterator[Value]:
    m = MARK
    yield from _of(
        "quotes", f"{m}'", f"'{m}", f"{m}''", f"'{m}'", f'{m}"', f'"{m}"', f"{m}`", f"{m}\\'", f'{m}\\"', f"{m}\\",
        f"\\{m}\\\\", f"{m}', \"connection-user\" = 'root", f"{m}') /* ", f"{m}'); DROP CATALOG system; --", f"{m}' || 'x",
        f"{m}''''", f'\'; DROP CATALOG "{m}" --', f"{m}*/ DROP CATALOG x /*", f"{m}' USING memory WITH (", f"{m}\u2019",
        f"{m}\uff07",
    )  # fmt: skip
    yield from _of(
        "reference", f"${{ENV:{m}}}", f"{m}${{ENV:HOME}}", f"${{akko:{m}/connection-password.1}}", f"${{akko:path:{m}/x.1}}",
        f"${{file:{m}}}", f"{m}${{", f"${m}{{ENV:HOME}}", f"$${{ENV:{m}}}", f"${{${{ENV:{m}}}}}", f"\\${{ENV:{m}}}",
        f"%24%7BENV:{m}%7D", f"#{{{m}}}", f"{m}$\u200b{{ENV:HOME}}", f"\uff04{{ENV:{m}}}", f"$\uff5bENV:{m}}}",
        f"${{jndi:ldap://127.0.0.1/{m}}}", f"{{{{{m}}}}}", f"{{user}}{m}", f"{{{m}|percent}}", f"{{{m}", f"{m}}}",
    )  # fmt: skip
    yield from _of(
        "control", *(f"{m}{c}x" for c in "\x00\x01\x07\x08\x0b\x0c\x1a\x1b\x1f\x7f\x80\x85\x9f"), f"{m}\n", f"\n{m}",
        f"{m}\nx=y", f"{m}\r", f"{m}\r\nX-Injected: 1", f"{m}\t", f"{m}\u2028x", f"{m}\u2029x", f"\ufeff{m}", f"{m}\u202e",
        f"{m}\u200b", f"{m}\u00ad", f"{m}\x00", f"\x00{m}", f"{m}\x1b[31m", f"{m}\\n", f"{m}\\u000a", f"{m}\\x00",
    )  # fmt: skip
    yield from _of(
        "percent", f"{m}%00", f"{m}%0a", f"{m}%0D%0A", f"{m}%09", f"{m}%1b", f"{m}%7f", f"{m}%c2%85", f"{m}%e2%80%a8",
        f"{m}%2e%2e%2f", f"{m}%252e%252e", f"{m}%27", f"{m}%22", f"{m}%24%7bENV%3aHOME%7d", f"{m}%", f"{m}%z", f"{m}%4",
        f"{m}%c0%af", f"{m}%ff", f"{m}%u0027", f"{m}%2500", f"{m}+%3F", f"{m}%3Fx=y", f"{m}%26x=y", f"{m}%3Bx=y", f"{m}%40db",
        f"{m}%23",
    )  # fmt: skip
    yield from _of(
        "path", f"../{m}", f"../../../../etc/passwd/{m}", f"/etc/passwd#{m}", f"..\\{m}", f"....//{m}", f"./{m}", f"~/{m}",
        f"/{m}/../..", f"{m}/.", f"file:{m}", f"file:///etc/{m}", f"FILE:///{m}", f"jar:file:///{m}!/x", f"netdoc:{m}",
        f"\\\\{m}\\share", f"C:\\{m}", f"/proc/self/environ/{m}", f"classpath:{m}", f"gopher://{m}", f"ldap://{m}/x",
        f"rmi://{m}/x", f"local:/{m}", f"file:/{m}?x", f"s3://{m}/../x", f"hdfs://{m}@x/",
    )  # fmt: skip
    yield from _of(
        "host", f"{m}@evil.example", f"user:{m}@evil.example", f"{m}.example/evil", f"{m}.example?x=y", f"{m}.example#x",
        f"{m}.example;x=y", f"{m}.example\\x", f"{m}.example:1:2", f"{m}.example:5432/x", f"{m}.example,evil.example",
        f"{m}.example evil", f"[{m}]", f"[::1%25{m}]", f"[fe80::1%{m}]", f"fe80::1%25{m}", f"[::ffff:127.0.0.1]{m}",
        f"0x7f000001/{m}", f"2130706433#{m}", f"0177.0.0.1/{m}", f"127.1@{m}", f"http://{m}", f"//{m}", f"{m}..example",
        f".{m}", f"-{m}", f"{m}_", f"{m}.example.:0", f"{m}.example:0", f"{m}.example:65536", f"{m}.example:-1",
        f"{m}:99999999999999999999", f"(description=(address={m}))", f"address=(host={m})(port=1)", f"(host={m})",
        f"{m}.ex\u0430mple", f"\u24d4xample{m}", f"{m}\u3002example", f"{m}\uff0eexample", f"xn--{m}-",
        f"{m}.example\u2044evil", f"{m}\u2100", f"localhost\u0000.{m}", f"{m}" + ".a" * 200, "a" * 64 + m,
    )  # fmt: skip
    yield from _of(
        "unicode", f"{m}\u00e9", f"{m}e\u0301", f"\u0430dmin{m}", f"{m}\U0001f4a3", f"{m}\ufffd", f"{m}\uffff",
        f"{m}\U0010ffff", f"{m}\ue000", f"\u0660\u0661{m}", f"{m}\u0130", f"{m}\u017f", f"{m}\u212a", f"{m}\u2126",
        f"{m}\ufb01", f"\u2066{m}\u2069", f"{m}\u034f",
    )  # fmt: skip
    yield from _of(
        "file contents", f'{m}" required; evil.LoginModule required x="', f'{m}";\nsasl.login.callback.handler.class=evil.X',
        f'{m}\\";', f'{m}\\\\"; x', f"{m};", f"{m}\\u0022; x", f"{m}\\\nx=y", f"{m}#x", f"!{m}", f"{m}=y", f"{m}:y", f" {m}",
        f"{m} ", f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/{m}">]><x>&e;</x>',
        f"<configuration><property><name>{m}</name></property></configuration>", f"]]>{m}", f"<!--{m}-->", f"&{m};",
        f"-----BEGIN PRIVATE KEY-----\n{m}",
        f"-----BEGIN CERTIFICATE-----\n{m}\n-----END CERTIFICATE-----\nssl.engine.factory.class=evil.X",
        f'{{"type":"external_account","{m}":"x"}}', f'{{"type":"service_account","token_uri":"http://{m}"}}',
        f'{{"type":"service_account","type":"{m}"}}', f'{{"type":"{m}"', f'["{m}"]', f'"{m}"', f"enF3eA==\n{m}", f"{m}====",
        f"!!{m} [x]", f"!!javax.script.ScriptEngineManager [{m}]", f"rO0AB{m}",
    )  # fmt: skip
    yield from _of(
        "parameters", f"{m}&autoDeserialize=true", f"{m}?socketFactory=evil.X", f"{m};socketFactoryClass=evil.X",
        f"{m}&socketFactory=evil.X&socketFactoryArg=http://x", f"{m}?user=root&password=x", f"{m};user=root",
        f"{m}?%73ocketFactory=evil.X", f"{m}&SOCKETFACTORY=evil.X", f"{m}?a=b&a=c", f"{m}&&", f"{m}?=x", f"{m}#?x=y",
        f"{m}&amp;x=y", f"{m}/?x=y", f"{m}?x[y]=z", f"{m};x={{y;z}}", f"{m};x={{y}}}};", f"{m}?x=y;z=w",
    )  # fmt: skip
    yield from _of(
        "names", f"__proto__{m}", f"{m}.constructor.prototype", f"toString{m}", f"{m}[0]", f"{m}.x.y", f"$where{m}",
        f'{{"$gt":"{m}"}}', f"{m}%s%n%x", f"%p{m}", f'{m}" OR 1=1', f'{m}."x"; DROP TABLE y', f'a."{m}".c',
        f'{m}"."x" LIMIT 1; --', f"{m},x.y", f"x,{m}", f".{m}.", f"{m}.", f"*{m}", f"{m}--", f"{m}/*",
    )  # fmt: skip
    yield from _of(
        "numbers", f"1{m}", f"1e3{m}", f"0x1{m}", f"-1{m}", f"99999999999999999999{m}", f"NaN{m}", f"1s{m}", f"1MB{m}",
        f"true{m}", f"TRUE {m}", f"\u0661{m}", f"1 {m}", f"+1{m}",
    )  # fmt: skip
    yield from _of(
        "long",
        m + "a" * 100_000,
        "é" * 50_000 + m, "/" * 5_000 + m, "(" * 20_000 + m, (m + ",") * 20_000,
        m + "%41" * 30_000,
        "{" * 300 + m,
    )  # fmt: skip


GENERIC = list(_generic())
# Tried at every single place; the others take turns.
CORE = [
    Value("quotes", f"{MARK}'"),
    Value("reference", f"{MARK}${{ENV:HOME}}"),
    Value("control", f"{MARK}\nx=y"),
    Value("control", f"{MARK}\x00"),
    Value("percent", f"{MARK}%0a%27"),
]
# Where a text belongs.
WRONG_TYPES: list[Any] = [1.5, [MARK], [[MARK]], {"a": {"b": MARK}}, {"a": [MARK]}, 10**30, {"a": 1, "b": None}]
# Names of members: the product shows the beginning of an unknown name, so these tell that nothing else of it is shown.
NAMES = [
    "__proto__", "constructor", "toString", "", " ", "a\nb", "a\x00b", 'a"b', "a'b", "../x", "${ENV:HOME}",
    "connection-URL", "CONNECTION-USER", "x" * 100_000, "\u202eabc", "connection-url\u200b", "connection-url ", "\x1b[2J",
    "hive.config.resources", "jmx", "a.b'] = '",
]  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """Code execution, files or another identity by a parameter of the driver's URL; never to be accepted."""

    connector: str
    name: str
    value: str


ATTACKS = [
    Attack(connector, name, f"{MARK}.{value}" if mark else value)
    for connector, name, value, mark in [
        ("postgresql", "socketFactory", "ClassPathXmlApplicationContext", True),
        ("postgresql", "socketFactoryArg", "http://x/x.xml", True),
        ("postgresql", "sslfactory", "Evil", True),
        ("postgresql", "sslhostnameverifier", "Evil", True),
        ("postgresql", "sslpasswordcallback", "Evil", True),
        ("postgresql", "authenticationPluginClassName", "Evil", True),
        ("postgresql", "xmlFactoryFactory", "Evil", True),
        ("postgresql", "loggerFile", "/tmp/x.jsp", True),
        ("postgresql", "service", "x", True),
        ("postgresql", "localSocketAddress", "x", True),
        ("postgresql", "sslrootcert", "/etc/passwd", True),
        ("redshift", "socketFactory", "ClassPathXmlApplicationContext", True),
        ("redshift", "SSLFactory", "Evil", True),
        ("redshift", "plugin_name", "com.evil.Plugin", True),
        ("redshift", "credentials_provider", "Evil", True),
        ("redshift", "IniFile", "/tmp/x.ini", True),
        ("redshift", "LogPath", "/tmp", True),
        ("redshift", "DSILogLevel", "6", True),
        ("mysql", "autoDeserialize", "true", True),
        ("mysql", "queryInterceptors", "ServerStatusDiffInterceptor", True),
        ("mysql", "statementInterceptors", "Evil", True),
        ("mysql", "exceptionInterceptors", "Evil", True),
        ("mysql", "connectionLifecycleInterceptors", "Evil", True),
        ("mysql", "authenticationPlugins", "Evil", True),
        ("mysql", "allowLoadLocalInfile", "true", True),
        ("mysql", "allowLoadLocalInfileInPath", "/", True),
        ("mysql", "allowUrlInLocalInfile", "true", True),
        ("mysql", "socketFactory", "Evil", True),
        ("mysql", "propertiesTransform", "Evil", True),
        ("mysql", "logger", "Evil", True),
        ("mysql", "serverRSAPublicKeyFile", "/etc/passwd", True),
        ("mysql", "trustCertificateKeyStoreUrl", "file:///x", True),
        ("mysql", "useConfigs", "evil", True),
        ("sqlserver", "socketFactoryClass", "Evil", True),
        ("sqlserver", "trustManagerClass", "Evil", True),
        ("sqlserver", "accessTokenCallbackClass", "Evil", True),
        ("sqlserver", "trustStore", "\\\\evil\\share", True),
        ("sqlserver", "keyStoreLocation", "/x", True),
        ("sqlserver", "jaasConfigurationName", "x", True),
        ("sqlserver", "clientCertificate", "/x", True),
        ("sqlserver", "failoverPartner", "evil", True),
        ("sqlserver", "enclaveAttestationUrl", "http://x", True),
        ("oracle", "oracle.net.wallet_location", "/x", True),
        ("oracle", "TNS_ADMIN", "/x", True),
        ("oracle", "oracle.net.tns_admin", "/x", True),
        ("oracle", "oracle.jdbc.config.file", "/x", True),
        ("oracle", "oracle.net.socksProxyHost", "evil", True),
        ("oracle", "oracle.jdbc.provider.username", "ojdbc-provider-gcp", True),
        ("snowflake", "private_key_file", "/x", True),
        ("snowflake", "enablePutGet", "true", False),
        ("snowflake", "authenticator", "externalbrowser", True),
        ("snowflake", "client_config_file", "/x", True),
        ("snowflake", "tracing", "ALL", True),
        ("snowflake", "useProxy", "true", True),
        ("mongodb", "tlsCAFile", "/x", True),
        ("mongodb", "tlsCertificateKeyFile", "/x", True),
        ("mongodb", "proxyHost", "evil", True),
        ("mongodb", "authMechanismProperties", "AWS_CREDENTIAL_PROVIDER:x", True),
        ("mongodb", "tlsAllowInvalidHostnames", "true", False),
    ]
]
# Properties with which a connector would read a path, load a class or run something on the nodes of Trino.
REFUSED_PROPERTIES = [
    ("hive", "hive.config.resources"), ("hive", "hive.metastore.authentication.type"), ("hive", "hive.metastore"),
    ("delta_lake", "hive.config.resources"), ("iceberg", "iceberg.catalog.type"), ("iceberg", "hive.config.resources"),
    ("iceberg", "iceberg.rest-catalog.oauth2.server-uri'"), ("databricks", "hive.metastore.catalog.dir"),
    ("bigquery", "bigquery.credentials-file"), ("cassandra", "cassandra.tls.keystore-path"),
    ("elasticsearch", "elasticsearch.tls.keystore-path"), ("kafka", "kafka.table-description-dir"),
    ("kafka", "kafka.ssl.keystore.location"), ("mongodb", "mongodb.tls.keystore-path"),
    ("oracle", "credential-provider.type"), ("postgresql", "connection-credential-file"), ("mysql", "keystore-file-path"),
    ("sqlserver", "jmx.base-name"), ("snowflake", "snowflake.role'"), ("redshift", "redshift.unload-location"),
    ("postgresql", "connector.name"),
]  # fmt: skip
