import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Lists what a bundle for Maven Central holds, and what Central would refuse; exits with 1 if there is any of that.
 * The bundle is a zip or a folder in the layout of a repository. Artifacts that have to be in it may be named.
 */
final class CheckBundle {

    private static final List<String> NEEDED_CHECKSUMS = List.of("md5", "sha1");
    private static final Map<String, String> CHECKSUMS =
            Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");

    private final Path root;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> artifacts = new TreeSet<>();

    private CheckBundle(Path root) {
        this.root = root;
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            System.err.println("Usage: check-bundle BUNDLE [ARTIFACT…]: a zip or a folder, and what has to be in it");
            System.exit(2);
        }
        Path bundle = Path.of(args[0]);
        List<String> expected = Arrays.asList(args).subList(1, args.length);
        List<String> problems;
        if (Files.isDirectory(bundle)) {
            problems = new CheckBundle(bundle).check(expected);
        } else {
            try (FileSystem zip = FileSystems.newFileSystem(bundle)) {
                problems = new CheckBundle(zip.getPath("/")).check(expected);
            }
        }
        problems.forEach(problem -> System.out.println("REFUSED  " + problem));
        System.out.println(problems.isEmpty() ? "Nothing that Central would refuse." : problems.size() + " refused.");
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    private List<String> check(List<String> expected) throws Exception {
        Map<Path, List<Path>> folders = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                folders.computeIfAbsent(file.getParent(), folder -> new ArrayList<>()).add(file);
            }
        }
        for (Map.Entry<Path, List<Path>> folder : folders.entrySet()) {
            checkFolder(folder.getKey(), folder.getValue());
        }
        for (String artifact : expected) {
            require(artifacts.contains(artifact), artifact, "is not in the bundle");
        }
        return problems;
    }

    private void checkFolder(Path folder, List<Path> files) throws Exception {
        String where = root.relativize(folder).toString();
        if (folder.getNameCount() - root.getNameCount() < 3) {
            problems.add(where + ": files that are not in the folder of an artifact's version");
            return;
        }
        String version = folder.getFileName().toString();
        String artifact = folder.getParent().getFileName().toString();
        String group = root.relativize(folder.getParent().getParent()).toString().replace('/', '.');
        artifacts.add(artifact);
        require(!version.endsWith("-SNAPSHOT"), where, "is a snapshot");
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (!isChecksum(name)) {
                System.out.printf("%,10d  %s%n", Files.size(file), root.relativize(file));
                require(name.startsWith(artifact + "-" + version), name, "is not named by " + artifact + "-" + version);
                checkChecksums(file);
                if (!name.endsWith(".asc")) {
                    checkSignature(file);
                }
            }
        }
        Path pom = folder.resolve(artifact + "-" + version + ".pom");
        if (!Files.exists(pom)) {
            problems.add(where + ": has no " + pom.getFileName());
            return;
        }
        checkPom(pom, group, artifact, version);
    }

    private void checkPom(Path pom, String group, String artifact, String version) throws Exception {
        Document document;
        try (var in = Files.newInputStream(pom)) {
            document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        }
        String name = pom.getFileName().toString();
        Element project = document.getDocumentElement();
        requireText(project, name, group, "groupId");
        requireText(project, name, artifact, "artifactId");
        requireText(project, name, version, "version");
        for (String path : List.of(
                "name",
                "description",
                "url",
                "licenses/license/name",
                "licenses/license/url",
                "developers/developer/name",
                "scm/url",
                "scm/connection",
                "scm/developerConnection")) {
            require(!text(project, path).isBlank(), name, "has no " + path);
        }
        require(child(project, "parent") == null, name, "has a parent, which is not published");
        require(child(project, "repositories") == null, name, "names repositories");
        require(child(project, "pluginRepositories") == null, name, "names repositories of plugins");
        require(!Files.readString(pom).contains("${"), name, "has an expression that nothing replaces");
        boolean isManaged = "pom".equals(text(project, "packaging"));
        checkDependencies(name, child(project, "dependencies"));
        if (isManaged) {
            checkDependencies(name, child(child(project, "dependencyManagement"), "dependencies"));
            return;
        }
        for (String classifier : List.of("", "-sources", "-javadoc")) {
            Path jar = pom.resolveSibling(artifact + "-" + version + classifier + ".jar");
            require(Files.exists(jar) && Files.size(jar) > 0, name, "has no " + jar.getFileName());
        }
    }

    private void checkDependencies(String pom, Element dependencies) {
        for (Element dependency : children(dependencies)) {
            String id = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
            String version = text(dependency, "version");
            require(!version.isBlank(), pom, "has no version for " + id);
            require(!version.endsWith("-SNAPSHOT"), pom, "depends on a snapshot of " + id);
            require(!"system".equals(text(dependency, "scope")), pom, "takes " + id + " from a file");
        }
    }

    private void checkChecksums(Path file) throws Exception {
        for (Map.Entry<String, String> checksum : CHECKSUMS.entrySet()) {
            Path beside = file.resolveSibling(file.getFileName() + "." + checksum.getKey());
            String name = beside.getFileName().toString();
            if (!Files.exists(beside)) {
                // A signature needs none.
                boolean needed = NEEDED_CHECKSUMS.contains(checksum.getKey())
                        && !file.getFileName().toString().endsWith(".asc");
                require(!needed, name, "is missing");
                continue;
            }
            byte[] digest = MessageDigest.getInstance(checksum.getValue()).digest(Files.readAllBytes(file));
            require(Files.readString(beside).strip().equals(HexFormat.of().formatHex(digest)), name, "is wrong");
        }
    }

    private void checkSignature(Path file) throws Exception {
        Path signature = file.resolveSibling(file.getFileName() + ".asc");
        if (!Files.exists(signature)) {
            problems.add(signature.getFileName() + ": is missing");
            return;
        }
        Path folder = Files.createTempDirectory("bundle");
        try {
            Path signed = Files.write(folder.resolve("file"), Files.readAllBytes(file));
            Path detached = Files.write(folder.resolve("file.asc"), Files.readAllBytes(signature));
            Process gpg = new ProcessBuilder("gpg", "--batch", "--verify", detached.toString(), signed.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(gpg.getInputStream().readAllBytes());
            if (gpg.waitFor() != 0) {
                problems.add(signature.getFileName() + ": is no signature by a key that gpg knows: "
                        + output.strip().lines().reduce((first, last) -> last).orElse(""));
            }
        } finally {
            try (Stream<Path> all = Files.list(folder)) {
                for (Path one : all.toList()) {
                    Files.delete(one);
                }
            }
            Files.delete(folder);
        }
    }

    private void requireText(Element project, String pom, String expected, String path) {
        require(expected.equals(text(project, path)), pom, "does not say " + path + " " + expected + ", where it lies");
    }

    private void require(boolean condition, String what, String problem) {
        if (!condition) {
            problems.add(what + ": " + problem);
        }
    }

    private static boolean isChecksum(String name) {
        return CHECKSUMS.containsKey(name.substring(name.lastIndexOf('.') + 1));
    }

    private static String text(Element element, String path) {
        Element found = element;
        for (String name : path.split("/")) {
            found = child(found, name);
        }
        return found == null ? "" : found.getTextContent().strip();
    }

    private static Element child(Element element, String name) {
        return children(element).stream()
                .filter(child -> child.getTagName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static List<Element> children(Element element) {
        List<Element> children = new ArrayList<>();
        for (Node node = element == null ? null : element.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element child) {
                children.add(child);
            }
        }
        return children;
    }
}
