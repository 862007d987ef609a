package io.akko.trino.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.spi.secrets.SecretProviderFactory;
import io.airlift.spi.secrets.SecretsPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AkkoSecretsPluginTest
{
    private final SecretProviderFactory factory = new AkkoSecretProviderFactory();

    @Test
    void isFoundByTrino()
    {
        List<SecretsPlugin> plugins = ServiceLoader.load(SecretsPlugin.class).stream().map(ServiceLoader.Provider::get).toList();
        assertInstanceOf(AkkoSecretsPlugin.class, plugins.getFirst());
        assertEquals(List.of("akko"), plugins.getFirst().getSecretProviderFactories().stream().map(SecretProviderFactory::getName).toList());
    }

    @Test
    void readsTheConfiguredDirectory(@TempDir Path directory)
            throws IOException
    {
        Files.writeString(Files.createDirectory(directory.resolve("a")).resolve("b.1"), "value");
        assertEquals("value", factory.createSecretProvider(Map.of("akko.secrets.directory", directory.toString())).resolveSecretValue("a/b.1"));
    }

    @Test
    void startsBeforeTheDirectoryExists(@TempDir Path parent)
            throws IOException
    {
        Path directory = parent.resolve("later");
        var provider = factory.createSecretProvider(Map.of("akko.secrets.directory", directory.toString()));
        Files.writeString(Files.createDirectories(directory.resolve("a")).resolve("b.1"), "value");
        assertEquals("value", provider.resolveSecretValue("a/b.1"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "  ", "relative/path", "/nul\u0000"})
    void refusesAWrongDirectory(String value)
    {
        Map<String, String> config = new HashMap<>();
        config.put("akko.secrets.directory", value);
        assertTrue(refusal(config).startsWith("AKKO secrets configuration, section [akko]: akko.secrets.directory "));
    }

    @Test
    void refusesUnknownSettings()
    {
        assertEquals("AKKO secrets configuration, section [akko]: unknown setting akko.secrets.dir, cache; the only setting is akko.secrets.directory",
                refusal(Map.of("akko.secrets.directory", "/run/akko/secrets", "cache", "1", "akko.secrets.dir", "/x")));
    }

    private String refusal(Map<String, String> config)
    {
        return assertThrows(IllegalArgumentException.class, () -> factory.createSecretProvider(config)).getMessage();
    }
}
