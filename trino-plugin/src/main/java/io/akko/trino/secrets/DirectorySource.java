package io.akko.trino.secrets;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * One file per secret, {@code <directory>/<catalog>/<property>.<revision>}, holding exactly the bytes of the value: written
 * by the manager beside Trino, or a mounted Kubernetes Secret.
 */
final class DirectorySource implements SecretSource
{
    static final int MAX_BYTES = 1024 * 1024;
    private static final int ATTEMPTS = 3;

    private final Path directory;

    DirectorySource(Path directory)
    {
        this.directory = requireNonNull(directory, "directory is null");
    }

    @Override
    public Optional<byte[]> read(SecretReference reference)
    {
        return look(reference, in -> {
            byte[] value = in.readNBytes(MAX_BYTES + 1);
            if (value.length > MAX_BYTES) {
                throw tooLarge(reference);
            }
            return value;
        });
    }

    /**
     * The path by its lasting name, not the one that links lead to: the folder with the timestamp in a Kubernetes mount is
     * gone after the next update, and the connector may open the file much later. The bytes are counted, not kept.
     */
    @Override
    public Optional<Path> locate(SecretReference reference)
    {
        return look(reference, in -> {
            if (in.skip(MAX_BYTES + 1L) > MAX_BYTES) {
                throw tooLarge(reference);
            }
            return name(reference);
        });
    }

    /**
     * The files of a Kubernetes mount are links into a folder with a timestamp in its name, which each update of the Secret
     * replaces: a file found a moment ago may be gone although the secret is there, hence the second look.
     */
    private <T> Optional<T> look(SecretReference reference, Use<T> use)
    {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                return Optional.of(lookOnce(reference, use));
            }
            catch (NoSuchFileException e) {
                // not there, or replaced between two steps of lookOnce: look again
            }
            catch (AccessDeniedException e) {
                throw new SecretException(
                        "AKKO secret is not readable: %s (source: %s). Trino runs as user '%s': make it the owner of the file or let both processes run as the same user."
                                .formatted(reference, this, System.getProperty("user.name")));
            }
            catch (FileSystemException e) {
                throw unreadable(reference, e.getReason() == null ? e.getClass().getSimpleName() : e.getReason());
            }
            catch (IOException e) {
                throw unreadable(reference, e.getClass().getSimpleName());
            }
        }
        return Optional.empty();
    }

    private <T> T lookOnce(SecretReference reference, Use<T> use)
            throws IOException
    {
        Path file = name(reference).toRealPath();
        if (!file.startsWith(directory.toRealPath())) {
            throw new SecretException("AKKO secret refused: %s is a link out of its source (%s). Remove the link; only files below that directory are read."
                    .formatted(reference, this));
        }
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
            throw unreadable(reference, "not a regular file"); // opening a pipe would wait for its writer
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return use.of(in);
        }
    }

    private Path name(SecretReference reference)
    {
        return directory.resolve(reference.catalog()).resolve(reference.property() + "." + reference.revision());
    }

    private SecretException tooLarge(SecretReference reference)
    {
        return new SecretException("AKKO secret is too large: %s (source: %s) has more than %d bytes."
                .formatted(reference, this, MAX_BYTES));
    }

    /** What is done with a file that has passed the checks, while it is open. */
    private interface Use<T>
    {
        T of(InputStream in)
                throws IOException;
    }

    private SecretException unreadable(SecretReference reference, String reason)
    {
        return new SecretException("AKKO secret could not be read: %s (source: %s): %s.".formatted(reference, this, reason));
    }

    @Override
    public String adviceWhenMissing()
    {
        return Files.isDirectory(directory)
                ? "Is the AKKO Catalog Manager running and does it write to this directory?"
                : "This directory does not exist on this node. Mount it, or correct " + AkkoSecretProviderFactory.DIRECTORY + " in Trino's secrets configuration.";
    }

    @Override
    public String toString()
    {
        return "directory " + directory;
    }
}
