package dev.taskstop.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeType;

/**
 * Compares what was sent with an example from the documentation: names of fields and types of values are the facts,
 * words are where they name a state or a kind, and texts, times, numbers and ids are made up.
 */
final class Shapes {

    private static final Set<String> WORDS = Set.of(
            "status",
            "inProgress",
            "isDone",
            "type",
            "success",
            "source",
            "code",
            "taskSource",
            "deploymentProvider",
            "multiLaunch",
            "keepAlive",
            "stage");
    private static final Set<String> KEYED_BY_AGENT = Set.of("checkpoint", "agentSandboxConfig");
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    private final List<String> differences = new ArrayList<>();

    private Shapes() {}

    /** Tells how a body differs from an example; nothing when it does not. */
    static List<String> differences(JsonNode example, JsonNode sent) {
        Shapes shapes = new Shapes();
        shapes.compare("", example, sent);
        return shapes.differences;
    }

    /**
     * Tells how server-sent events differ from an example: each kind of event must be there and have its fields, none
     * may be of another kind, and the last ones must be of the same kind.
     */
    static List<String> differencesOfEvents(String example, String sent) {
        Shapes shapes = new Shapes();
        List<Event> wanted = events(example);
        List<Event> found = events(sent);
        Set<String> kinds = new LinkedHashSet<>(wanted.stream().map(Event::kind).toList());
        Set<String> kindsFound =
                new LinkedHashSet<>(found.stream().map(Event::kind).toList());
        if (!kinds.equals(kindsFound)) {
            shapes.differences.add("kinds of events: " + kindsFound + " instead of " + kinds);
        }
        for (Event event : found) {
            // Entries of a log differ in their words: one of the example's has to be like it.
            List<List<String>> tries = wanted.stream()
                    .filter(it -> it.kind().equals(event.kind()))
                    .map(it -> differencesInEvent(it, event))
                    .toList();
            nearest(tries).forEach(it -> shapes.differences.add(event.kind() + it));
        }
        JsonNode lastWanted = wanted.get(wanted.size() - 1).data();
        shapes.compare("last", lastWanted, found.get(found.size() - 1).data());
        return shapes.differences;
    }

    /** What is told of differs from run to run: any state, with its error, and any kind of entry. */
    private static List<String> differencesInEvent(Event example, Event sent) {
        String free = switch (example.name()) {
            case "status" -> "\\.status: \"\\w+\" instead .*|\\.error: (NULL|a text) instead .*";
            case "log" -> "\\.log\\.type: \"\\w+\" instead .*";
            default -> "";
        };
        return differences(example.data(), sent.data()).stream()
                .filter(difference -> !difference.matches(free))
                .toList();
    }

    private static List<String> nearest(List<List<String>> tries) {
        return tries.stream().min(Comparator.comparingInt(List::size)).orElse(List.of());
    }

    private record Event(String name, JsonNode data) {

        String kind() {
            return name.isEmpty() ? data.path("type").asString() : name;
        }
    }

    private static List<Event> events(String text) {
        List<Event> events = new ArrayList<>();
        for (String block : text.strip().split("\n\n", -1)) {
            String name = "";
            String data = "";
            for (String line : block.split("\n", -1)) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data = line.substring("data: ".length());
                } else {
                    throw new AssertionError("neither name nor data: " + line);
                }
            }
            events.add(new Event(name, JsonMapper.shared().readTree(data)));
        }
        return events;
    }

    private void compare(String path, JsonNode example, JsonNode sent) {
        if (example.getNodeType() != sent.getNodeType()) {
            differences.add(path + ": " + type(sent) + " instead of " + type(example));
        } else if (example.isObject()) {
            compareFields(path, example, sent);
        } else if (example.isArray()) {
            compareElements(path, example, sent);
        } else if (example.isString()
                && example.asString().matches(TIME) != sent.asString().matches(TIME)) {
            differences.add(path + ": \"" + sent.asString() + "\" for \"" + example.asString() + "\"");
        }
    }

    private void compareFields(String path, JsonNode example, JsonNode sent) {
        Set<String> names = new LinkedHashSet<>(example.propertyNames());
        Set<String> namesSent = new LinkedHashSet<>(sent.propertyNames());
        for (String name : namesSent) {
            if (!names.contains(name)) {
                differences.add(path + "." + name + ": not documented");
            }
        }
        for (String name : names) {
            if (!namesSent.contains(name)) {
                differences.add(path + "." + name + ": missing");
                continue;
            }
            JsonNode value = example.get(name);
            if (KEYED_BY_AGENT.contains(name)
                    && value.isObject()
                    && sent.get(name).isObject()) {
                compareElements(path + "." + name, values(value), values(sent.get(name)));
                continue;
            }
            compare(path + "." + name, value, sent.get(name));
            if (WORDS.contains(name) && value.isValueNode() && !value.equals(sent.get(name))) {
                differences.add(path + "." + name + ": " + sent.get(name) + " instead of " + value);
            }
        }
    }

    /** Each element that was sent is like one of the example's. */
    private void compareElements(String path, JsonNode example, JsonNode sent) {
        if (example.size() == 0) {
            return;
        }
        if (sent.size() == 0) {
            differences.add(path + ": empty");
        }
        for (JsonNode element : sent) {
            List<List<String>> tries = example.values().stream()
                    .map(it -> differences(it, element))
                    .toList();
            nearest(tries).forEach(it -> differences.add(path + "[]" + it));
        }
    }

    private static JsonNode values(JsonNode object) {
        return JsonMapper.shared().createArrayNode().addAll(List.copyOf(object.values()));
    }

    private static String type(JsonNode node) {
        return node.getNodeType() == JsonNodeType.STRING
                ? "a text"
                : node.getNodeType().name();
    }
}
