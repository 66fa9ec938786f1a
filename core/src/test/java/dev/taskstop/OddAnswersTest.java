package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each field of each answer with each odd value: what the client does not need cannot make an answer unreadable. */
class OddAnswersTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Origin ORIGIN = new Origin(URI.create("https://127.0.0.1"), "", false);
    private static final String MISSING = "";
    private static final int PAGE = 10;

    /** Values of every type, and of none; as long, as deep and as large as a body of 64 KiB can have them. */
    private static final List<String> ODD = List.of(
            MISSING,
            "null",
            "0",
            "7",
            "-1",
            "1.5",
            "-0.0",
            "1e400",
            "-1e999999999",
            "9223372036854775807",
            "99999999999999999999",
            "7".repeat(70),
            "7".repeat(20_000),
            "0." + "7".repeat(20_000),
            "NaN",
            "\"\"",
            "\" \"",
            "\"x\"",
            "\"7\"",
            "\"true\"",
            "\"null\"",
            "\"50%\"",
            "\"x\ty\"",
            "\"\\ud800\"",
            "\"1970-01-01T00:00:00.000Z\"",
            "\"0001-01-01T00:00:00Z\"",
            "\"+999999999-12-31T23:59:59Z\"",
            "\"" + "x".repeat(20_000) + "\"",
            "true",
            "false",
            "{}",
            "{\"a\":1}",
            "{\"" + "n".repeat(60_000) + "\":1}",
            "[]",
            "[null]",
            "[{}]",
            "[\"x\"]",
            "[[1]]",
            "[".repeat(200) + "]".repeat(200),
            "[".repeat(20_000) + "]".repeat(20_000),
            "{\"a\":".repeat(8_000) + "1" + "}".repeat(8_000));

    /** An answer, the object in it that is tried, and what that has to have. */
    @SuppressWarnings("ImmutableEnumChecker") // Nobody changes these sets.
    private enum Kind {
        STOP(TaskDialect.cloud(), "PATCH_task_stopped.json", "task", Set.of("id", "status")),
        V1_STOP(TaskDialect.agentV1(), "PATCH_v1_cancelled.json", "", Set.of("status"), "false"),
        STATUS(TaskDialect.cloud(), "GET_status_completed.json", "", Set.of("taskId", "status")),
        V1_STATUS(TaskDialect.agentV1(), "GET_v1_status_failed.json", "", Set.of("runId", "status")),
        ITEM(TaskDialect.cloud(), "GET_tasks_page.json", "tasks", Set.of("id", "status")),
        V1_ITEM(TaskDialect.agentV1(), "GET_v1_tasks_page.json", "tasks", Set.of("status")),
        PAGE_OF_ITEMS(TaskDialect.cloud(), "GET_tasks_page.json", "", Set.of("tasks")),
        V1_PAGE_OF_ITEMS(TaskDialect.agentV1(), "GET_v1_tasks_page.json", "", Set.of("tasks")),
        DETAILS(TaskDialect.cloud(), "GET_task_completed_multi.json", "task", Set.of("id", "status")),
        V1_DETAILS(TaskDialect.agentV1(), "GET_v1_task_completed.json", "", Set.of("status"));

        final TaskDialect dialect;
        final String fixture;
        final String object;
        final Set<String> required;
        final String contradiction;

        Kind(TaskDialect dialect, String fixture, String object, Set<String> required) {
            this(dialect, fixture, object, required, "none");
        }

        /** One value contradicts the rest of the answer, and so is not odd. */
        Kind(TaskDialect dialect, String fixture, String object, Set<String> required, String contradiction) {
            this.contradiction = contradiction;
            this.dialect = dialect;
            this.fixture = fixture;
            this.object = object;
            this.required = required;
        }

        JsonNode root() {
            return JSON.readTree(Fixtures.read(fixture));
        }

        JsonNode tried() {
            JsonNode found = object.isEmpty() ? root() : root().path(object);
            return object.equals("tasks") ? found.path(0) : found;
        }

        String id() {
            for (String name : new String[] {"id", "taskId", "runId"}) {
                if (tried().has(name)) {
                    return tried().path(name).asString();
                }
            }
            return "t1";
        }

        /** The whole body, with another object in the place of the one that is tried. */
        String body(String json) {
            return switch (object) {
                case "" -> json;
                case "tasks" -> "{\"tasks\":[" + json + "],\"hasMore\":false}";
                default -> "{\"" + object + "\":" + json + "}";
            };
        }

        Object read(String body) {
            TaskResponse response = response(200, body);
            return switch (this) {
                case STOP, V1_STOP ->
                    dialect.readStopped(new Answer(dialect.stopRequest(ORIGIN, id()), response), id());
                case STATUS, V1_STATUS ->
                    dialect.readStatus(new Answer(dialect.statusRequest(ORIGIN, id()), response), id());
                case ITEM, V1_ITEM -> {
                    TaskPage page = dialect.readPage(new Answer(dialect.probeRequest(ORIGIN), response), PAGE);
                    assertThat(page.items()).isEqualTo(1);
                    if (page.tasks().isEmpty()) {
                        throw new TaskDecodingException(dialect.probeRequest(ORIGIN), 200, "was passed over");
                    }
                    yield page.tasks().get(0);
                }
                case PAGE_OF_ITEMS, V1_PAGE_OF_ITEMS ->
                    dialect.readPage(new Answer(dialect.probeRequest(ORIGIN), response), PAGE)
                            .tasks();
                case DETAILS, V1_DETAILS ->
                    dialect.readDetails(new Answer(dialect.detailsRequest(ORIGIN, id()), response), id());
            };
        }
    }

    private static Map<String, String> fields(JsonNode object) {
        Map<String, String> fields = new LinkedHashMap<>();
        object.properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().toString()));
        return fields;
    }

    private static String with(JsonNode object, String name, String value) {
        Map<String, String> fields = fields(object);
        fields.put(name, value);
        StringBuilder json = new StringBuilder("{");
        fields.forEach((field, each) -> {
            if (!each.equals(MISSING)) {
                json.append(json.length() == 1 ? "" : ",")
                        .append('"')
                        .append(field)
                        .append("\":")
                        .append(each);
            }
        });
        return json.append('}').toString();
    }

    private static boolean isSameType(JsonNode usual, String odd) {
        char first = odd.isEmpty() ? 'n' : odd.charAt(0);
        return switch (usual.getNodeType()) {
            case STRING -> first == '"';
            case NUMBER -> Character.isDigit(first) || first == '-';
            case BOOLEAN -> first == 't' || first == 'f';
            case ARRAY -> first == '[';
            case OBJECT -> first == '{';
            default -> true;
        };
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_field_that_is_not_needed_is_not_told_when_it_is_odd(Kind answer) {
        JsonNode object = answer.tried();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (answer.required.contains(field.getKey())) {
                continue;
            }
            Object untold = answer.read(answer.body(with(object, field.getKey(), MISSING)));
            for (String odd : ODD) {
                boolean isAnotherId = field.getKey().equals("runId") && odd.startsWith("\"") && !odd.isBlank();
                if (odd.equals(answer.contradiction) || (isAnotherId && !odd.matches("\"\\s*\""))) {
                    continue;
                }
                Object read = answer.read(answer.body(with(object, field.getKey(), odd)));
                if (!isSameType(field.getValue(), odd)) {
                    assertThat(read).as("%s with %.40s", field.getKey(), odd).isEqualTo(untold);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_field_that_nobody_knows_may_be_anything(Kind answer) {
        JsonNode object = answer.tried();
        Object usual = answer.read(answer.body(object.toString()));
        for (String odd : ODD) {
            assertThat(answer.read(answer.body(with(object, "brandNew", odd))))
                    .as("%.40s", odd)
                    .isEqualTo(usual);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void what_is_needed_and_odd_makes_the_answer_unreadable(Kind answer) {
        JsonNode object = answer.tried();
        for (String name : answer.required) {
            for (String odd : ODD) {
                boolean isText = odd.startsWith("\"") && !odd.isBlank() && !odd.equals("\"\"") && !odd.equals("\" \"");
                boolean mayBeAnything =
                        name.equals("status") || object.path(name).isArray() || answer == Kind.ITEM;
                if (mayBeAnything && isSameType(object.path(name), odd) && (isText || odd.startsWith("["))) {
                    answer.read(answer.body(with(object, name, odd)));
                } else {
                    assertThatThrownBy(() -> answer.read(answer.body(with(object, name, odd))))
                            .as("%s with %.40s", name, odd)
                            .isInstanceOf(TaskDecodingException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"DETAILS", "V1_DETAILS", "ITEM"})
    void what_is_inside_a_field_that_is_not_needed_may_be_odd_too(Kind answer) {
        JsonNode object = answer.tried();
        for (Map.Entry<String, JsonNode> outer : object.properties()) {
            JsonNode inner = outer.getValue().isArray() ? outer.getValue().path(0) : outer.getValue();
            for (Map.Entry<String, JsonNode> field : inner.properties()) {
                for (String odd : ODD) {
                    String json = with(inner, field.getKey(), odd);
                    String value = outer.getValue().isArray() ? "[" + json + ",null,7," + json + "]" : json;

                    answer.read(answer.body(with(object, outer.getKey(), value)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void what_a_browser_reads_is_read(Kind answer) {
        String object = answer.tried().toString();
        String body = answer.body(object);
        Object usual = answer.read(body);

        assertThat(answer.read("\uFEFF" + body)).isEqualTo(usual);
        assertThat(answer.read(" \r\n\t" + body + "\n\n ")).isEqualTo(usual);
        assertThat(answer.read(answer.body("{\"brandNew\":\"\u0001\u001f\"," + object.substring(1))))
                .isEqualTo(usual);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void of_a_name_that_comes_twice_the_last_value_counts(Kind answer) {
        JsonNode object = answer.tried();
        Object usual = answer.read(answer.body(object.toString()));
        for (String name : object.propertyNames()) {
            String first = answer.body(
                    "{\"" + name + "\":\"another\"," + object.toString().substring(1));

            assertThat(answer.read(first)).as(name).isEqualTo(usual);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void what_is_no_json_or_more_than_one_is_unreadable(Kind answer) {
        String body = answer.body(answer.tried().toString());
        for (String broken :
                List.of(body + "{}", body + "x", body + "\u0000", body.substring(1), "[" + body, "x" + body)) {
            assertThatThrownBy(() -> answer.read(broken)).isInstanceOf(TaskDecodingException.class);
        }
    }

    @Test
    void bytes_that_are_no_characters_do_no_harm_where_nobody_needs_them() {
        String body = "{\"taskId\":\"t1\",\"status\":\"processing\",\"note\":\"#\",\"progress\":45}";
        byte[] bytes = body.getBytes(UTF_8);
        TaskDialect dialect = TaskDialect.cloud();
        for (int wrong : new int[] {0xFF, 0xC0, 0xE9, 0x80}) {
            bytes[body.indexOf('#')] = (byte) wrong;
            TaskStatus status = dialect.readStatus(
                    new Answer(dialect.statusRequest(ORIGIN, "t1"), new TaskResponse(200, name -> null, bytes, false)),
                    "t1");

            assertThat(requireNonNull(status.progress())).isEqualTo(45);
        }
    }
}
