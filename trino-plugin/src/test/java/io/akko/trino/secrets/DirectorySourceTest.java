package io.akko.trino.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectorySourceTest
{
    private static final SecretReference REFERENCE = SecretReference.parse("client-pg-01/connection-password.7");
    private static final String VALUE = "c4nary-v4lue";

    @TempDir
    Path temp;
    private Path directory;
    private AkkoSecretProvider provider;

    @BeforeEach
    void setUp()
            throws IOException
    {
        directory = Files.createDirectory(temp.resolve("secrets"));
        provider = new AkkoSecretProvider(new DirectorySource(directory));
    }

    private Path put(String value)
            throws IOException
    {
        Path file = Files.createDirectories(directory.resolve("client-pg-01")).resolve("connection-password.7");
        return Files.writeString(file, value);
    }

    private String resolve()
    {
        return provider.resolveSecretValue(REFERENCE.toString());
    }

    private String path()
    {
        return provider.resolveSecretValue("path:" + REFERENCE);
    }

    /** Both forms refuse alike. */
    private String refusal()
    {
        String message = refusalOfValue();
        assertEquals(message, assertThrows(SecretException.class, this::path).getMessage());
        return message;
    }

    private String refusalOfValue()
    {
        String message = assertThrows(SecretException.class, this::resolve).getMessage();
        assertFalse(message.contains(VALUE), message);
        return message;
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "", " padded ", "line\n", "\r\n", "pässwörd-密码-🔑", "$1\\", "${", "a${b}c", "${:x}", "${ENV:}", "$ {ENV:HOME}", "quote'\"", "\u0000"})
    void returnsExactlyTheBytesOfTheFile(String value)
            throws IOException
    {
        put(value);
        assertEquals(value, resolve());
    }

    @ParameterizedTest
    @ValueSource(strings = {"${ENV:HOME}", "c4nary-v4lue${ENV:PATH}", "a\n${akko:other/password.1}", "${env-2:x\ny}"})
    void refusesAValueThatTrinoWouldReplace(String value)
            throws IOException
    {
        put(value);
        assertEquals("AKKO secret refused: client-pg-01/connection-password.7 (source: directory " + directory + ") holds a text of the form ${name:key}, which Trino would replace. Choose a value without it.",
                refusalOfValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "", "${ENV:HOME}", "a=${env:x}\nb"})
    void givesThePathOfAFile(String value)
            throws IOException
    {
        Path file = put(value);
        assertEquals(file.toAbsolutePath().toString(), path());
        assertEquals(value, Files.readString(Path.of(path())));
    }

    @Test
    void givesThePathOfAFileThatIsNotText()
            throws IOException
    {
        Path file = Files.write(put(""), new byte[] {(byte) 0xfe, (byte) 0xed, 0, (byte) 0xff});
        assertEquals(file.toString(), path());
    }

    /** Of a Kubernetes mount too: the folder that the links lead to is gone after the next update. */
    @Test
    void givesTheLastingNameOfAFile()
            throws IOException
    {
        Path mount = Files.createDirectories(directory.resolve("client-pg-01"));
        project(mount, 0);
        Path link = Files.createSymbolicLink(mount.resolve("connection-password.7"), Path.of("..data/connection-password.7"));
        assertEquals(link.toString(), path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"path:", "path:path:client-pg-01/connection-password.7", "Path:client-pg-01/connection-password.7", "path:../outside.1", "path: client-pg-01/connection-password.7"})
    void refusesAMalformedPathReference(String key)
            throws IOException
    {
        put(VALUE);
        String message = assertThrows(SecretException.class, () -> provider.resolveSecretValue(key)).getMessage();
        assertTrue(message.startsWith("AKKO secret reference is malformed"), message);
    }

    @Test
    void keepsRevisionsApart()
            throws IOException
    {
        put("new");
        Files.writeString(directory.resolve("client-pg-01/connection-password.6"), "old");
        assertEquals("old", provider.resolveSecretValue("client-pg-01/connection-password.6"));
        assertEquals("new", resolve());
    }

    @Test
    void readsAnewEachTime()
            throws IOException
    {
        Path file = put("one");
        assertEquals("one", resolve());
        Files.writeString(file, "two");
        assertEquals("two", resolve());
        Files.delete(file);
        assertTrue(refusal().startsWith("AKKO secret not found"));
    }

    @Test
    void saysWhatIsMissingAndWhatToDo()
    {
        assertEquals("AKKO secret not found: client-pg-01/connection-password.7 (source: directory " + directory + "). "
                + "Is the AKKO Catalog Manager running and does it write to this directory?", refusal());
    }

    @Test
    void saysThatTheDirectoryItselfIsMissing()
            throws IOException
    {
        Files.delete(directory);
        assertEquals("AKKO secret not found: client-pg-01/connection-password.7 (source: directory " + directory + "). "
                + "This directory does not exist on this node. Mount it, or correct akko.secrets.directory in Trino's secrets configuration.", refusal());
    }

    @Test
    void refusesAMalformedKeyBeforeLooking()
            throws IOException
    {
        Files.writeString(temp.resolve("outside.1"), VALUE);
        String message = assertThrows(SecretException.class, () -> provider.resolveSecretValue("../outside.1")).getMessage();
        assertTrue(message.startsWith("AKKO secret reference is malformed"), message);
    }

    @Test
    void takesTheLargestValueAndRefusesOneByteMore()
            throws IOException
    {
        put("x".repeat(DirectorySource.MAX_BYTES));
        assertEquals(DirectorySource.MAX_BYTES, resolve().length());
        assertTrue(path().endsWith("/connection-password.7"), path());
        put("x".repeat(DirectorySource.MAX_BYTES + 1));
        assertTrue(refusal().startsWith("AKKO secret is too large: client-pg-01/connection-password.7"));
    }

    @Test
    void refusesBytesThatAreNotText()
            throws IOException
    {
        Files.write(put(""), new byte[] {'a', (byte) 0xff, 'b'});
        assertTrue(refusalOfValue().startsWith("AKKO secret is not text: client-pg-01/connection-password.7"));
    }

    @Test
    void refusesADirectoryInPlaceOfTheFile()
            throws IOException
    {
        Files.createDirectories(directory.resolve("client-pg-01/connection-password.7"));
        assertTrue(refusal().endsWith("not a regular file."));
    }

    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void refusesAPipeInsteadOfWaitingForItsWriter()
            throws IOException, InterruptedException
    {
        Path pipe = Files.createDirectories(directory.resolve("client-pg-01")).resolve("connection-password.7");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertTrue(refusal().endsWith("not a regular file."));
    }

    @Test
    void refusesAFileInPlaceOfTheCatalogDirectory()
            throws IOException
    {
        Files.writeString(directory.resolve("client-pg-01"), VALUE);
        assertTrue(refusal().startsWith("AKKO secret could not be read: client-pg-01/connection-password.7"));
    }

    @Test
    void saysWhoMayNotRead()
            throws IOException
    {
        Path file = put(VALUE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "root may read everything");
        assertTrue(refusal().startsWith("AKKO secret is not readable: client-pg-01/connection-password.7"));
    }

    @Test
    void followsALinkInsideTheDirectoryOnly()
            throws IOException
    {
        Path catalog = Files.createDirectories(directory.resolve("client-pg-01"));
        Path outside = Files.writeString(temp.resolve("outside"), VALUE);
        Path link = catalog.resolve("connection-password.7");

        Files.createSymbolicLink(link, outside);
        assertTrue(refusal().startsWith("AKKO secret refused: client-pg-01/connection-password.7 is a link out of its source"));

        Files.delete(link);
        Files.createSymbolicLink(link, Files.writeString(catalog.resolve("inside"), VALUE));
        assertEquals(VALUE, resolve());
    }

    @Test
    void refusesACatalogDirectoryThatLeadsOut()
            throws IOException
    {
        Path outside = Files.createDirectory(temp.resolve("secrets-of-another")); // shares the prefix of the name, not the path
        Files.writeString(outside.resolve("connection-password.7"), VALUE);
        Files.createSymbolicLink(directory.resolve("client-pg-01"), outside);
        assertTrue(refusal().startsWith("AKKO secret refused"));
    }

    @Test
    void takesADirectoryThatIsALinkItself()
            throws IOException
    {
        put(VALUE);
        Path link = Files.createSymbolicLink(temp.resolve("mounted"), directory);
        assertArrayEquals(VALUE.getBytes(UTF_8), new DirectorySource(link).read(REFERENCE).orElseThrow());
    }

    @Test
    void treatsADanglingLinkAsMissing()
            throws IOException
    {
        Files.createSymbolicLink(Files.createDirectories(directory.resolve("client-pg-01")).resolve("connection-password.7"), Path.of("nowhere"));
        assertTrue(refusal().startsWith("AKKO secret not found"));
    }

    /** The kubelet's layout: {@code key -> ..data/key}, {@code ..data -> ..<timestamp>}; an update renames a new ..data into place. */
    @Test
    @Timeout(60)
    void readsAKubernetesMountWhileItIsUpdated()
            throws Exception
    {
        Path mount = Files.createDirectories(directory.resolve("client-pg-01"));
        project(mount, 0);
        Files.createSymbolicLink(mount.resolve("connection-password.7"), Path.of("..data/connection-password.7"));
        assertEquals(VALUE, resolve());

        AtomicBoolean stop = new AtomicBoolean();
        Thread kubelet = Thread.ofPlatform().start(() -> {
            for (int update = 1; !stop.get(); update++) {
                project(mount, update);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5)); // the kubelet's own pace is minutes
            }
        });
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            while (System.nanoTime() < end) {
                assertEquals(Optional.of(VALUE), new DirectorySource(directory).read(REFERENCE).map(bytes -> new String(bytes, UTF_8)));
            }
        }
        finally {
            stop.set(true);
            kubelet.join();
        }
    }

    private static void project(Path mount, int update)
    {
        try {
            Path fresh = Files.createDirectory(mount.resolve("..stamp" + update));
            Files.writeString(fresh.resolve("connection-password.7"), VALUE);
            Path staged = Files.createSymbolicLink(mount.resolve("..data_tmp"), fresh.getFileName());
            Files.move(staged, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Path old = mount.resolve("..stamp" + (update - 1));
            Files.deleteIfExists(old.resolve("connection-password.7"));
            Files.deleteIfExists(old);
        }
        catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
