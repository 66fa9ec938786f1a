package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Lists whose pages are too large, and lists with something in them that is no task. */
class LargeListsTest {

    private static final int LIMIT = 1024 * 1024;

    private final List<String> items = new ArrayList<>();
    private final List<String> pages = new CopyOnWriteArrayList<>();
    private String more = "true";

    private final TaskTransport server = request -> Mono.fromSupplier(() -> {
        if (request.method().equals("PATCH")) {
            String id = request.uri().getPath().replaceAll(".*/", "");
            items.removeIf(item -> item.contains("\"" + id + "\""));
            return response(
                    200,
                    "{\"success\":true,\"status\":\"cancelled\",\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}"
                            .formatted(id));
        }
        return cut(page(request.uri().getRawQuery()), request.maxBodyBytes());
    });

    private static TaskResponse cut(String body, int limit) {
        byte[] bytes = body.getBytes(UTF_8);
        return bytes.length <= limit
                ? response(200, body)
                : new TaskResponse(200, name -> null, Arrays.copyOf(bytes, limit), true);
    }

    private String page(String query) {
        pages.add(query);
        int limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
        int offset = query.startsWith("offset=")
                ? Integer.parseInt(query.replaceAll("offset=(\\d+).*", "$1"))
                : (Integer.parseInt(query.replaceAll("page=(\\d+).*", "$1")) - 1) * limit;
        if (query.contains("status=queued")) {
            return "{\"tasks\":[],\"hasMore\":false}";
        }
        int end = Math.min(items.size(), offset + limit);
        StringBuilder tasks = new StringBuilder();
        // What is longer is cut off in any case.
        for (int i = offset; i < end && tasks.length() <= LIMIT; i++) {
            tasks.append(i == offset ? "" : ",").append(items.get(i));
        }
        return "{\"tasks\":[%s],\"hasMore\":%s}"
                .formatted(tasks, end < items.size() ? more : more.replace("true", "false"));
    }

    private void add(int number, int promptLength) {
        items.add("{\"id\":\"t%d\",\"runId\":\"t%d\",\"status\":\"processing\",\"prompt\":\"%s\"}"
                .formatted(number, number, "x".repeat(promptLength)));
    }

    private TaskClient client(TaskDialect dialect) {
        return TaskClient.builder()
                .apiKey("bb_test")
                .dialect(dialect)
                .transport(server)
                .build();
    }

    private static TaskDialect dialect(String name) {
        return name.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1();
    }

    private List<String> ids(TaskDialect dialect, TaskQuery query) {
        return Wire.values(client(dialect).list(query).map(TaskSummary::taskId));
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i).toList();
    }

    @ParameterizedTest
    @CsvSource({"cloud,11000", "cloud,60000", "cloud,1000000", "agent_v1,11000", "agent_v1,60000", "agent_v1,1000000"})
    void a_page_that_is_too_large_is_read_again_in_smaller_pieces(String name, int promptLength) {
        int count = promptLength > 100_000 ? 20 : 230;
        for (int i = 0; i < count; i++) {
            add(i, promptLength);
        }

        assertThat(ids(dialect(name), TaskQuery.all())).isEqualTo(numbered(count));
        // No more than are needed, and some to find out how large they can be.
        int needed = count / Math.max(1, LIMIT / (promptLength + 100));
        assertThat(pages).hasSizeLessThan(3 * needed + 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "agent_v1"})
    void what_is_active_is_stopped_though_its_prompts_are_long(String name) {
        for (int i = 0; i < 150; i++) {
            add(i, 11_000);
        }

        StepVerifier.create(client(dialect(name)).stopActive(TaskQuery.active(), StopAllOptions.defaults()))
                .expectNextCount(150)
                .expectComplete()
                .verify(Wire.LIMIT);
        assertThat(items).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"cloud,0", "cloud,57", "cloud,119", "agent_v1,0", "agent_v1,57", "agent_v1,119"})
    void a_task_that_is_too_large_by_itself_is_passed_over_and_reported(String name, int giant) {
        for (int i = 0; i < 120; i++) {
            add(i, i == giant ? 2 * LIMIT : 10);
        }
        List<String> expected = new ArrayList<>(numbered(120));
        expected.remove("t" + giant);

        List<String> warnings =
                warnings(() -> assertThat(ids(dialect(name), TaskQuery.all())).isEqualTo(expected));

        assertThat(warnings).containsExactly("A list had 1 tasks that could not be read, and were passed over");
        assertThat(pages).as("it reads large pages again afterwards").hasSizeLessThan(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "agent_v1"})
    void wherever_the_large_ones_are_every_other_task_is_listed_once_and_in_order(String name) {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            items.clear();
            Set<Integer> giants = new HashSet<>();
            int count = random.nextInt(150);
            for (int i = 0; i < count; i++) {
                int size = random.nextInt(20) == 0 ? LIMIT : random.nextInt(4) == 0 ? random.nextInt(100_000) : 50;
                add(i, size);
                if (size == LIMIT) {
                    giants.add(i);
                }
            }
            int pageSize = 1 + random.nextInt(100);

            assertThat(ids(dialect(name), TaskQuery.all().withPageSize(pageSize)))
                    .as("seed %d, pages of %d", seed, pageSize)
                    .isEqualTo(IntStream.range(0, count)
                            .filter(i -> !giants.contains(i))
                            .mapToObj(i -> "t" + i)
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "agent_v1"})
    void a_server_that_only_gives_what_is_too_large_ends_the_list_with_an_error(String name) {
        TaskTransport endless = request -> Mono.fromSupplier(() -> {
            pages.add(request.uri().getRawQuery());
            return new TaskResponse(200, header -> null, new byte[request.maxBodyBytes()], true);
        });
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .dialect(dialect(name))
                .transport(endless)
                .build();

        assertThat(Wire.failure(client.list(TaskQuery.all())))
                .isInstanceOf(TaskDecodingException.class)
                .hasMessageContaining("larger than 1048576 bytes");
        assertThat(pages).hasSizeLessThan(120);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "agent_v1"})
    void an_item_that_is_no_task_is_passed_over_and_the_positions_stay_right(String name) {
        for (int i = 0; i < 40; i++) {
            add(i, 10);
        }
        List<String> odd = List.of(
                "null",
                "7",
                "\"t\"",
                "true",
                "[]",
                "{}",
                "{\"id\":\"a\",\"runId\":\"a\"}",
                "{\"status\":\"saving\"}",
                "{\"id\":null,\"runId\":null,\"status\":\"saving\"}",
                "{\"id\":7,\"runId\":7,\"status\":\"saving\"}",
                "{\"id\":\"\",\"runId\":\"\",\"status\":\"saving\"}",
                "{\"id\":\"a\",\"runId\":\"a\",\"status\":{}}");
        for (int i = 0; i < odd.size(); i++) {
            items.add(3 * i, odd.get(i));
        }

        List<String> warnings =
                warnings(() -> assertThat(ids(dialect(name), TaskQuery.active().withPageSize(5)))
                        .isEqualTo(numbered(40)));

        assertThat(warnings).containsExactly("A list had 12 tasks that could not be read, and were passed over");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"true\"", "1", "[]", "{}"})
    void where_it_is_not_told_whether_more_follow_a_full_page_is_followed_by_another(String odd) {
        more = odd;
        for (int i = 0; i < 25; i++) {
            add(i, 10);
        }

        assertThat(ids(TaskDialect.cloud(), TaskQuery.all().withPageSize(10))).isEqualTo(numbered(25));
        assertThat(ids(TaskDialect.agentV1(), TaskQuery.all().withPageSize(10))).isEqualTo(numbered(25));
    }

    @Test
    void a_list_that_is_all_right_warns_of_nothing() {
        add(0, 10);

        assertThat(warnings(() ->
                        assertThat(ids(TaskDialect.cloud(), TaskQuery.all())).hasSize(1)))
                .isEmpty();
    }

    private static List<String> warnings(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(ListPages.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        try {
            work.run();
        } finally {
            logger.setAdditive(true);
            logger.setLevel(null);
            logger.detachAppender(lines);
        }
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
