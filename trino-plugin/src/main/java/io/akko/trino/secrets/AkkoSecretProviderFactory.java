package io.akko.trino.secrets;

import io.airlift.spi.secrets.SecretProvider;
import io.airlift.spi.secrets.SecretProviderFactory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;

/**
 * Builds the provider from its section of Trino's secrets TOML. Trino calls it once, at start, and does not start when it
 * throws: a wrong section is to be seen then, and not at the first catalog.
 */
public final class AkkoSecretProviderFactory implements SecretProviderFactory
{
    static final String NAME = "akko";
    static final String DIRECTORY = "akko.secrets.directory";

    @Override
    public String getName()
    {
        return NAME;
    }

    @Override
    public SecretProvider createSecretProvider(Map<String, String> config)
    {
        TreeSet<String> unknown = new TreeSet<>(config.keySet());
        unknown.remove(DIRECTORY);
        if (!unknown.isEmpty()) {
            throw invalid("unknown setting " + String.join(", ", unknown) + "; the only setting is " + DIRECTORY);
        }
        return new AkkoSecretProvider(new DirectorySource(directory(config.get(DIRECTORY))));
    }

    /** The directory need not exist yet: the manager may start after Trino. */
    private static Path directory(String value)
    {
        if (value == null || value.isBlank()) {
            throw invalid(DIRECTORY + " is not set; name the directory that holds the secrets, for example "
                    + DIRECTORY + " = \"/run/akko/secrets\"");
        }
        Path directory;
        try {
            directory = Path.of(value);
        }
        catch (InvalidPathException e) {
            throw invalid(DIRECTORY + " is not a path: " + e.getReason());
        }
        if (!directory.isAbsolute()) {
            throw invalid(DIRECTORY + " must be an absolute path, but is " + value);
        }
        return directory;
    }

    private static IllegalArgumentException invalid(String reason)
    {
        return new IllegalArgumentException("AKKO secrets configuration, section [" + NAME + "]: " + reason);
    }
}
