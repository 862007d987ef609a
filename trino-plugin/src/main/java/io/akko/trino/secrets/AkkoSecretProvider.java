package io.akko.trino.secrets;

import static java.util.Objects.requireNonNull;

import io.airlift.spi.secrets.SecretProvider;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Resolves {@code ${akko:<catalog>/<property>.<revision>}} to the value, and {@code ${akko:path:<catalog>/<property>.<revision>}}
 * to the path of the file that holds it, for properties that want a file. Trino calls it on every node that loads the catalog, at that
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

    /** No name of a catalog holds a colon, so the two forms cannot be taken for each other. */
    private static final String PATH = "path:";

    private final SecretSource source;

    AkkoSecretProvider(SecretSource source)
    {
        this.source = requireNonNull(source, "source is null");
    }

    @Override
    public String resolveSecretValue(String key)
    {
        return key.startsWith(PATH)
                ? path(SecretReference.parse(key.substring(PATH.length())))
                : value(SecretReference.parse(key));
    }

    /**
     * The content is left unread. It need not be text, a key store for example. And it may hold {@code ${name:key}}: Trino
     * replaces what it finds in the value of a property, and that is the path here, made of the operator's directory and the
     * strict grammar of a reference; what stands in the file is read by the connector alone, in the language of that file.
     */
    private String path(SecretReference reference)
    {
        return source.locate(reference).orElseThrow(() -> missing(reference)).toString();
    }

    private String value(SecretReference reference)
    {
        String value = text(reference, source.read(reference).orElseThrow(() -> missing(reference)));
        if (REFERENCE.matcher(value).find()) {
            throw new SecretException("AKKO secret refused: %s (source: %s) holds a text of the form ${name:key}, which Trino would replace. Choose a value without it."
                    .formatted(reference, source));
        }
        return value;
    }

    private SecretException missing(SecretReference reference)
    {
        return new SecretException("AKKO secret not found: %s (source: %s). %s".formatted(reference, source, source.adviceWhenMissing()));
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
