package io.akko.trino.secrets;

import static java.util.Objects.requireNonNull;

import io.airlift.spi.secrets.SecretProvider;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${akko:<catalog>/<property>.<revision>}}. Trino calls it on every node that loads the catalog, at that
 * moment; nothing is cached, so that a value lives no longer than its use. Trino shows the message of an exception to
 * whoever sent the statement, and drops its cause: each message must say everything, and never hold a value.
 */
final class AkkoSecretProvider implements SecretProvider
{
    /**
     * What Trino takes for a reference. A connector's own configuration is resolved once more, against the environment of
     * the process: a value {@code ${ENV:AWS_SECRET_ACCESS_KEY}} would be replaced by that variable, and sent to a server
     * that whoever wrote the value has chosen. There is no escape for it, so such a value cannot be passed at all.
     */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[a-zA-Z][a-zA-Z0-9_-]*:[^}]+}");

    private final SecretSource source;

    AkkoSecretProvider(SecretSource source)
    {
        this.source = requireNonNull(source, "source is null");
    }

    @Override
    public String resolveSecretValue(String key)
    {
        SecretReference reference = SecretReference.parse(key);
        byte[] bytes = source.read(reference)
                .orElseThrow(() -> new SecretException("AKKO secret not found: %s (source: %s). %s"
                        .formatted(reference, source, source.adviceWhenMissing())));
        String value = text(reference, bytes);
        if (REFERENCE.matcher(value).find()) {
            throw new SecretException("AKKO secret refused: %s (source: %s) holds a text of the form ${name:key}, which Trino would replace. Choose a value without it."
                    .formatted(reference, source));
        }
        return value;
    }

    private String text(SecretReference reference, byte[] bytes)
    {
        try {
            // A new decoder reports malformed input; new String(...) would silently put U+FFFD into a password.
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
        catch (CharacterCodingException e) {
            throw new SecretException("AKKO secret is not text: %s (source: %s) is not valid UTF-8. Register the catalog with a text value."
                    .formatted(reference, source));
        }
    }
}
