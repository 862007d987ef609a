package io.akko.trino.secrets;

import java.nio.file.Path;
import java.util.Optional;

/** Where the values are kept. {@link Object#toString} names the place for people: it stands in every error message. */
interface SecretSource
{
    /**
     * The bytes of the value, or empty when the source has no such secret.
     *
     * @throws SecretException when the source could not tell, or refuses
     */
    Optional<byte[]> read(SecretReference reference);

    /**
     * The absolute path of a file on this node that holds the bytes of the value, or empty when the source has no such secret.
     *
     * @throws SecretException when the source could not tell, or refuses
     */
    Optional<Path> locate(SecretReference reference);

    /** What the reader of "AKKO secret not found" should look at. One or two sentences. */
    String adviceWhenMissing();
}
