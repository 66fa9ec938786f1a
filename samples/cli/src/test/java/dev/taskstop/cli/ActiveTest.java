package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.cli.CliProcess.Ended;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Route;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stops what is active, as far as somebody agrees to it, at a terminal and without one. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ActiveTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);
    private static final String CTRL_C = "\u0003";

    private final TaskServer server = TaskServer.start();

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void it_shows_the_count_and_the_first_rows_and_stops_no_more_than_was_agreed_to() throws Exception {
        TerminalTest.needsScript();
        List<String> agreed = server.createTasks(12, PROCESSING);
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active")) {
            String shown = cli.readUntil("Stop 12 active tasks? [y/N] ");
            assertThat(shown).contains("and 7 more", "https://github.com/example/repo.git");
            assertThat(shown.lines().filter(line -> line.contains(" processing ")))
                    .hasSize(5);
            List<String> late = server.createTasks(5, PROCESSING);
            cli.type("y\n");

            assertThat(cli.readUntil("12 stopped")).contains("12/12");

            assertThat(cli.end().exitCode()).isEqualTo(Exit.OK);
            assertThat(agreed).allMatch(id -> server.ledger().of(id).stopRequests() == 1);
            assertThat(late).allMatch(id -> server.ledger().of(id).stopRequests() == 0);
        }
    }

    @Test
    void a_refusal_stops_nothing_and_says_how_many_it_would_have_been() throws Exception {
        TerminalTest.needsScript();
        server.createTasks(12, PROCESSING);
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "--max", "3")) {
            cli.readUntil("Stop 3 of more than 3 active tasks? [y/N] ");
            cli.type("n\n");
            cli.readUntil("Nothing was stopped");
            assertThat(cli.end().exitCode()).isEqualTo(Exit.FAILED);
        }
        assertThat(server.ledger().totals().patchRequests()).isZero();
    }

    @Test
    void asked_about_each_it_stops_those_that_are_agreed_to_up_to_the_maximum() throws Exception {
        TerminalTest.needsScript();
        server.createTasks(9, PROCESSING);
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "-i", "--max", "8")) {
            // The server's list has the newest first.
            List<String> answers = List.of("y", "", "n", "y", "q");
            for (int i = 0; i < answers.size(); i++) {
                cli.readUntil("Stop it (%d of 9)? [y/N, a: all that follow, q: quit] ".formatted(i + 1));
                assertThat(server.ledger().totals().patchRequests())
                        .as("stopped before the next question")
                        .isEqualTo(answers.subList(0, i).stream()
                                .filter("y"::equals)
                                .count());
                cli.type(answers.get(i) + "\n");
            }
            cli.readUntil("2 stopped");
            assertThat(cli.end().exitCode()).isEqualTo(Exit.OK);
        }
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "-i", "--max", "5")) {
            cli.readUntil("Stop it (1 of 7)? ");
            cli.type("a\n");
            assertThat(cli.readUntil("5 stopped")).contains(" skipped (limit)");
            assertThat(cli.end().exitCode()).isEqualTo(Exit.FAILED);
        }
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(7);
    }

    @Test
    void whoever_declines_some_is_asked_about_the_others_until_the_maximum_is_agreed_to() throws Exception {
        TerminalTest.needsScript();
        server.createTasks(7, PROCESSING);
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "-i", "--max", "1")) {
            for (int i = 1; i <= 5; i++) {
                cli.readUntil("Stop it (%d of 7)? [y/N, a: all that follow, q: quit] ".formatted(i));
                cli.type(i < 5 ? "n\n" : "y\n");
            }
            String rest = cli.readUntil("1 stopped");
            assertThat(rest.lines().filter(line -> line.contains("skipped (limit)")))
                    .hasSize(1);
            assertThat(rest).doesNotContain("Stop it (6");
            assertThat(cli.end().exitCode()).isEqualTo(Exit.FAILED);
        }
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"stop --active, add --yes", "stop --active -i, -i asks about each task"})
    void nobody_is_asked_who_cannot_answer_or_does_not_see_the_question(String command, String message)
            throws Exception {
        TerminalTest.needsScript();
        Ended unheard = CliProcess.run(server, command.split(" ", -1));
        assertThat(unheard.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(unheard.errors()).contains(message, "there is no terminal to ask at");

        String[] unseen = (command + " 2>/dev/null").split(" ", -1);
        try (CliProcess cli = CliProcess.startInTerminal(server, unseen)) {
            assertThat(cli.end().exitCode()).isEqualTo(Exit.USAGE);
        }
        try (CliProcess dumb = CliProcess.startInTerminal(Map.of("TERM", "dumb"), server, command.split(" ", -1))) {
            assertThat(dumb.readUntil("There are no such tasks")).doesNotContain("there is no terminal");
            assertThat(dumb.end().exitCode()).isEqualTo(Exit.OK);
        }
    }

    @Test
    void ctrl_c_at_a_question_is_a_no_and_an_end() throws Exception {
        TerminalTest.needsScript();
        Signals.assumeArrives("INT");
        server.createTasks(3, PROCESSING);
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "-i")) {
            cli.readUntil("Stop it (1 of 3)? ");
            cli.type("y\n");
            cli.readUntil("Stop it (2 of 3)? ");
            cli.type(CTRL_C);
            assertThat(cli.end().exitCode()).isEqualTo(Exit.INTERRUPTED);
        }
        assertThat(server.ledger().totals().patchRequests()).isEqualTo(1);
    }

    @Test
    void every_so_often_it_stops_what_matches_until_ctrl_c() throws Exception {
        TerminalTest.needsScript();
        Signals.assumeArrives("INT");
        server.createTasks(3, PROCESSING);
        try (CliProcess cli = CliProcess.startInTerminal(server, "stop", "--active", "--every", "100ms")) {
            cli.readUntil("Stop 3 active tasks now, and every 0.1s what matches then? [y/N] ");
            cli.type("y\n");
            cli.readUntil("Round 1: 3 stopped");
            List<String> late = server.createTasks(2, PROCESSING);
            CliProcess.await(
                    () -> late.stream().allMatch(id -> server.ledger().of(id).effectiveRequest() > 0));
            cli.readUntil(shown -> shown.indexOf(late.get(0) + " stopped") >= 0 && shown.indexOf("Round 3: ") >= 0);
            cli.type(CTRL_C);

            assertThat(cli.end().exitCode()).isEqualTo(Exit.INTERRUPTED);
        }
        assertThat(server.ledger().tasks()).allMatch(task -> task.stopRequests() == 1);
    }

    @Test
    void with_yes_it_begins_to_stop_before_it_has_listed_all() throws Exception {
        Signals.assumeArrives("INT");
        server.createTasks(5_000, PROCESSING);
        try (CliProcess cli = CliProcess.start(server, "stop", "--active", "--yes")) {
            cli.readLines(1);
            long listed = server.ledger().totals().answers(Route.LIST, 200) * 100;
            long asked = server.ledger().totals().patchRequests();
            cli.signal("INT");

            Ended ended = cli.end();

            assertThat(listed).as("listed, after %d stops", asked).isLessThanOrEqualTo(asked + 300);
            assertThat(ended.exitCode()).isEqualTo(Exit.INTERRUPTED);
            assertThat(ended.errors()).contains("was not begun, and not read");
        }
    }

    @Test
    void a_selection_means_the_same_to_list_stop_and_await() throws Exception {
        server.createTasks(4, PROCESSING);
        String[] commands = {
            "list --ids --agent blackbox --repo example/repo",
            "list --ids --agent claude",
            "list --ids --created-before 2020-01-01T00:00:00Z",
            "stop --active --yes --prompt nothing-like-it",
            "stop --active --dry-run --branch main --prompt PUBLIC",
            "list --ids --superseded",
            "await --active --branch other --timeout 1m",
            "await --active --superseded --model blackboxai/blackbox-pro --timeout 100ms",
            "stop --active --yes --older-than 1h",
            "stop --active --yes --dry-run --max 0",
            "stop --active --yes --max 1 --reason too-many --json"
        };

        List<Ended> each = CliProcess.runEach(server, commands);

        assertThat(each).extracting(cli -> cli.output().size()).containsExactly(4, 0, 0, 0, 4, 3, 0, 3, 0, 1, 1);
        assertThat(each)
                .extracting(Ended::exitCode)
                .containsExactly(
                        Exit.OK,
                        Exit.OK,
                        Exit.OK,
                        Exit.OK,
                        Exit.OK,
                        Exit.OK,
                        Exit.OK,
                        Exit.STOPPED,
                        Exit.OK,
                        Exit.FAILED,
                        Exit.OK);
        assertThat(each.get(9).output()).allMatch(line -> line.endsWith(" skipped (limit)"));
        assertThat(each.get(10).errors()).contains("\"stopped\":1,", "\"reason\":\"too-many\"");
    }
}
