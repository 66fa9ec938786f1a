package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.util.RaceTestUtils;

/** Tasks that come and go while shutdowns begin and are taken back, all at once. */
class ActiveTasksRaceTest {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int TASKS = 20;

    @RegisterExtension
    final NothingDropped nothingDropped = new NothingDropped();

    private final Set<String> stopSent = ConcurrentHashMap.newKeySet();
    private final Set<String> registered = ConcurrentHashMap.newKeySet();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();

    private final TaskTransport server = request -> Mono.defer(() -> {
        String id = Wire.taskId(request.uri().getPath());
        stopSent.add(id);
        return StubTransport.stopped().to(request, id);
    });

    private void register(ActiveTasks tasks, String prefix) {
        for (int i = 0; i < TASKS; i++) {
            String id = prefix + i;
            try {
                tasks.register(id);
                registered.add(id);
            } catch (IllegalStateException e) {
                refused.add(id);
            }
        }
    }

    private void comeAndGo(ActiveTasks tasks) {
        for (int i = 0; i < TASKS; i++) {
            Disposable work =
                    tasks.track("fleeting" + i, Mono.never()).onErrorComplete().subscribe();
            tasks.deregister("never-there" + i);
            work.dispose();
        }
    }

    private static void shutDownAndReopen(ActiveTasks tasks) {
        for (int i = 0; i < 3; i++) {
            tasks.shutdown(GRACE).subscribe();
            tasks.reopen();
        }
    }

    @Test
    void what_is_registered_and_not_refused_is_stopped_by_this_shutdown_or_the_next() {
        int[] totals = new int[2];
        Seeds.each("tasks come and go", random -> {
            stopSent.clear();
            registered.clear();
            refused.clear();
            ActiveTasks tasks = TaskClient.builder()
                    .apiKey(Wire.KEY)
                    .transport(server)
                    .build()
                    .activeTasks();

            RaceTestUtils.race(
                    () -> register(tasks, "a"),
                    () -> register(tasks, "b"),
                    () -> comeAndGo(tasks),
                    () -> shutDownAndReopen(tasks));
            Wire.values(tasks.shutdown(GRACE));

            assertThat(stopSent).containsAll(registered);
            assertThat(tasks.taskIds()).isEmpty();
            totals[0] += registered.size();
            totals[1] += refused.size();
        });
        System.out.printf("%,d registered, %,d refused%n", totals[0], totals[1]);
        assertThat(totals[0]).isPositive();
    }

    @Test
    void several_shutdowns_at_once_stop_every_task_and_leave_none_registered() {
        Seeds.each("several shutdowns", random -> {
            stopSent.clear();
            registered.clear();
            ActiveTasks tasks = TaskClient.builder()
                    .apiKey(Wire.KEY)
                    .transport(server)
                    .build()
                    .activeTasks();
            register(tasks, "a");
            Runnable shutDown = () -> tasks.shutdown(GRACE).subscribe();
            Runnable end = () -> registered.forEach(tasks::deregister);
            boolean someEnd = random.nextBoolean();

            RaceTestUtils.race(shutDown, shutDown, someEnd ? end : shutDown);

            assertThat(tasks.taskIds()).isEmpty();
            if (!someEnd) {
                assertThat(stopSent).isEqualTo(registered);
            }
        });
    }
}
