package dev.taskstop.webservice;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;

import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Import(CleanUp.class)
// begin
@SpringBootTest
class MockedCleanUpTest {

    @MockitoBean
    TaskClient client; // no key is needed, and nothing is sent

    @Test
    void what_is_gone_is_counted_as_not_found(@Autowired CleanUp cleanUp) {
        given(client.stopAll(any())).willReturn(Flux.just(new NotFound("t1")));

        StepVerifier.create(cleanUp.stopAll(Flux.just("t1")).map(StopSummary::notFound))
                .expectNext(1L)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }
}
// end
