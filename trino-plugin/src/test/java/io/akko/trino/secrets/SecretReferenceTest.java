package io.akko.trino.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretReferenceTest
{
    private static final String FORTY = "a".repeat(40);

    @ParameterizedTest
    @CsvSource({
        "client-pg-01/connection-password.7,       client-pg-01, connection-password,           7",
        "a/b.0,                                    a,            b,                             0",
        "7eleven/iceberg.rest-catalog.oauth2.1.42, 7eleven,      iceberg.rest-catalog.oauth2.1, 42",
        "a/x_y.9223372036854775807,                a,            x_y,                           9223372036854775807",
        "a/b..1,                                   a,            b.,                            1",
    })
    void takesTheDocumentedForm(String key, String catalog, String property, String revision)
    {
        SecretReference reference = SecretReference.parse(key);
        assertEquals(new SecretReference(catalog, property, revision), reference);
        assertEquals(key, reference.toString());
    }

    @Test
    void takesTheLongestNames()
    {
        SecretReference.parse(FORTY + "/" + "p".repeat(128) + ".1");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", ".", "..", "a", "a/b", "a/b.", "a/.1", "/b.1", "a/b.c", "a/b.-1", "a/b.1.", "a/b.12345678901234567890",
        "../b.1", "a/../b.1", "a/..", "a/../../etc/passwd.1", "..%2fa/b.1", "a/..1", "a//b.1", "/a/b.1", "a/b/c.1", "a\\b.1",
        "A/b.1", "a/B.1", "Client-pg/password.1", "-a/b.1", "a-/b.1", "a_b/c.1", "a.b/c.1", "a/_b.1", "a/-b.1",
        " a/b.1", "a/b.1 ", "a/b .1", "a/b.1\n", "a\u0000/b.1", "a/b\u0000.1", "a/b.\u0661", "\u00e4/b.1", "a/b.1}", "a/b@1",
    })
    void refusesAnythingElse(String key)
    {
        String message = assertThrows(SecretException.class, () -> SecretReference.parse(key)).getMessage();
        assertTrue(message.startsWith("AKKO secret reference is malformed: '"), message);
        assertTrue(message.contains("Expected <catalog>/<property>.<revision>"), message);
    }

    @Test
    void refusesNamesThatAreTooLong()
    {
        assertThrows(SecretException.class, () -> SecretReference.parse(FORTY + "a/b.1"));
        assertThrows(SecretException.class, () -> SecretReference.parse("a/" + "p".repeat(129) + ".1"));
    }

    @Test
    void showsARefusedKeyOnOneShortLine()
    {
        String message = assertThrows(SecretException.class, () -> SecretReference.parse("x\r\n\u001b[31m" + "y".repeat(10_000))).getMessage();
        assertTrue(message.contains("'x???[31myyy"), message);
        assertTrue(message.length() < 300, message);
        assertFalse(message.contains("\n"), message);
    }
}
