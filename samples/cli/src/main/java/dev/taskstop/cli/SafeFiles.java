package dev.taskstop.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/** Opens files so that nothing is written through a link that somebody else laid, and no more is read than is meant. */
final class SafeFiles {

    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SafeFiles() {}

    /** The file with a name that was given. */
    static Path named(String name) {
        if (name.isBlank()) {
            throw new TypeConversionException("a blank names no file; is it a variable that is not set?");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + name + "' names no file in the charset of this locale, "
                    + System.getProperty("sun.jnu.encoding"));
        }
    }

    /** Tells whether two names are those of one file. */
    static boolean isSame(Path file, Path other) {
        try {
            return Files.isRegularFile(file) && Files.isSameFile(file, other);
        } catch (IOException e) {
            // One of them is not there.
            return false;
        }
    }

    /** Opens a file of this program's own to read and write, or makes it. */
    static FileChannel open(Path file) throws IOException {
        checkOwn(file);
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** Names the file, which Java's own failure does not. */
    static FileSystemException notWritten(Path file, IOException why) {
        FileSystemException named = new FileSystemException(file.toString(), null, why.getMessage());
        named.initCause(why);
        return named;
    }

    /** Makes a file anew to write to, with the permissions of the one whose place it takes. */
    static FileChannel replace(Path file, Path like) throws IOException {
        Files.deleteIfExists(file);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            return FileChannel.open(
                    file, options, PosixFilePermissions.asFileAttribute(Files.getPosixFilePermissions(like)));
        } catch (UnsupportedOperationException e) {
            return FileChannel.open(file, options);
        }
    }

    /** Opens a file to read ids from: a pipe, for example of {@code <(...)}, is one, too. */
    static InputStream read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "it is a directory");
        }
        return Files.newInputStream(file);
    }

    /** Reads a short text; null when it is longer. A pipe is read from, a device that never ends does no harm. */
    static @Nullable String readAtMost(int length, Path file) throws IOException {
        try (InputStream input = read(file)) {
            byte[] bytes = input.readNBytes(length + 1);
            return bytes.length > length ? null : new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** The permissions of a file that others than its owner can read or change; null when they cannot. */
    static @Nullable String openToOthers(Path file) throws IOException {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            boolean open = Files.isRegularFile(file) && permissions.stream().anyMatch(OF_OTHERS::contains);
            return open ? PosixFilePermissions.toString(permissions) : null;
        } catch (UnsupportedOperationException e) {
            return null;
        }
    }

    private static void checkOwn(Path file) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (attributes.isSymbolicLink()) {
            throw new FileSystemException(
                    file.toString(), null, "it is a link, and nothing is written through it; name the file itself");
        }
        if (!attributes.isRegularFile()) {
            String what = attributes.isDirectory() ? "a directory" : "a device or a pipe";
            throw new FileSystemException(file.toString(), null, "it is " + what + "; a file is needed");
        }
        if (names(file) > 1) {
            throw new FileSystemException(
                    file.toString(), null, "it has another name, too, so it is somebody's; it is left as it is");
        }
    }

    private static int names(Path file) throws IOException {
        try {
            return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 1;
        }
    }
}
