package io.akko.trino.secrets;

import io.airlift.spi.secrets.SecretProviderFactory;
import io.airlift.spi.secrets.SecretsPlugin;
import java.util.List;

/** What Trino finds through {@code META-INF/services}: the secret provider named {@code akko}. */
public final class AkkoSecretsPlugin implements SecretsPlugin
{
    @Override
    public List<SecretProviderFactory> getSecretProviderFactories()
    {
        return List.of(new AkkoSecretProviderFactory());
    }
}
