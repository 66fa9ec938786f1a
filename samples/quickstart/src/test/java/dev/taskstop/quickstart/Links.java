package dev.taskstop.quickstart;

import static java.util.regex.Pattern.DOTALL;
import static java.util.regex.Pattern.MULTILINE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The links of a page in Markdown, in every form that there is, and what is wrong with each. */
final class Links {

    private static final Pattern CODE = Pattern.compile("^ *```.*?^ *```|`[^`\n]+`", DOTALL | MULTILINE);
    private static final Pattern INLINE = Pattern.compile("\\]\\(\\s*<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\s*\\)");
    private static final Pattern HTML = Pattern.compile("<\\w+ [^>]*?(?:href|src)=\"([^\"]*)\"", DOTALL);
    private static final Pattern AUTO = Pattern.compile("<([a-z][a-z0-9+.-]*:[^>\\s]*)>");
    private static final Pattern DEFINITION = Pattern.compile("^ {0,3}\\[([^\\]]+)\\]: *(\\S+)", MULTILINE);
    private static final Pattern REFERENCE = Pattern.compile("\\[([^\\[\\]]+)\\]\\[([^\\[\\]]*)\\]");
    private static final Pattern HEADING = Pattern.compile("^ {0,3}#{1,6} +(.+?)(?: +#+)?$", MULTILINE);
    private static final Pattern NAMED = Pattern.compile("<a (?:id|name)=\"([^\"]+)\"");
    private static final Pattern LINE = Pattern.compile("L(\\d+)(?:-L\\d+)?");

    private final Path root;

    /** @param root what no link may lead out of */
    Links(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** Returns a line for each link that leads nowhere. */
    List<String> dead(Path page) {
        String text = withoutCode(read(page));
        Map<String, String> definitions = new HashMap<>();
        List<String> dead = new ArrayList<>();
        Matcher definition = DEFINITION.matcher(text);
        while (definition.find()) {
            definitions.put(label(definition.group(1)), definition.group(2));
            add(dead, page, definition.group(2));
        }
        for (Pattern form : List.of(INLINE, HTML, AUTO)) {
            Matcher link = form.matcher(text);
            while (link.find()) {
                add(dead, page, link.group(1));
            }
        }
        Set<String> unused = new HashSet<>(definitions.keySet());
        Matcher reference = REFERENCE.matcher(text);
        while (reference.find()) {
            String label = label(reference.group(2).isEmpty() ? reference.group(1) : reference.group(2));
            unused.remove(label);
            if (!definitions.containsKey(label)) {
                dead.add("[" + label + "]: is not defined");
            }
        }
        unused.forEach(label -> dead.add("[" + label + "]: is not used"));
        return dead;
    }

    private void add(List<String> dead, Path page, String target) {
        String problem = target.matches("[a-z][a-z0-9+.-]*:.*") ? formOf(target) : placeOf(page, target);
        if (problem != null) {
            dead.add(target + ": " + problem);
        }
    }

    /** What is elsewhere is not fetched; only what cannot be an address is found. */
    private static @Nullable String formOf(String target) {
        URI address;
        try {
            address = new URI(target);
        } catch (URISyntaxException e) {
            return "is no address";
        }
        if ("mailto".equals(address.getScheme())) {
            return target.matches("mailto:[^@\\s]+@[^@\\s]+\\.[^@\\s]+") ? null : "is no e-mail address";
        }
        String host = address.getHost();
        if (host == null) {
            return "has no host";
        }
        boolean here = host.equals("localhost") || host.startsWith("127.");
        if (!here && !"https".equals(address.getScheme())) {
            return "is not https";
        }
        return here || host.indexOf('.') > 0 ? null : "has no host";
    }

    private @Nullable String placeOf(Path page, String target) {
        int hash = target.indexOf('#');
        String file = (hash < 0 ? target : target.substring(0, hash)).replace("%20", " ");
        if (file.startsWith("/")) {
            return "is not relative";
        }
        Path there = file.isEmpty() ? page : page.resolveSibling(file);
        Path place = there.toAbsolutePath().normalize();
        if (!place.startsWith(root)) {
            return "leads out of the project";
        }
        if (!existsAsWritten(place)) {
            return "is not there";
        }
        if (root.relativize(place).toString().matches("(.*/)?target(/.*)?")) {
            return "is made by the build";
        }
        return hash < 0 || hasAnchor(place, target.substring(hash + 1)) ? null : "there is no such heading";
    }

    /** Not every file system tells capital letters from small ones. */
    private boolean existsAsWritten(Path place) {
        try {
            return Files.exists(place)
                    && root.toRealPath().relativize(place.toRealPath()).equals(root.relativize(place));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasAnchor(Path place, String anchor) {
        if (Files.isDirectory(place)) {
            return false;
        }
        Matcher line = LINE.matcher(anchor);
        return line.matches()
                ? read(place).lines().count() >= Integer.parseInt(line.group(1))
                : place.toString().endsWith(".md") && anchors(read(place)).contains(anchor);
    }

    /** As GitHub makes them of headings: the second one of the same words has a number. */
    private static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> known = new HashMap<>();
        Matcher heading = HEADING.matcher(withoutBlocks(text));
        while (heading.find()) {
            String words = heading.group(1).replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1");
            String anchor = words.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            int times = known.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(times == 0 ? anchor : anchor + "-" + times);
        }
        Matcher named = NAMED.matcher(text);
        while (named.find()) {
            anchors.add(named.group(1));
        }
        return anchors;
    }

    private static String label(String label) {
        return label.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    }

    private static String withoutCode(String text) {
        return CODE.matcher(text).replaceAll("code");
    }

    private static String withoutBlocks(String text) {
        return Pattern.compile("^ *```.*?^ *```", DOTALL | MULTILINE)
                .matcher(text)
                .replaceAll("");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
