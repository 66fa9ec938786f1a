package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.TaskDialect;

class CloudContractTest extends DialectContract {

    CloudContractTest() {
        super(TaskDialect.cloud());
    }

    @Override
    void assertSomebodyElses(StopResult result) {
        assertThat(result).isInstanceOf(StopResult.NotFound.class);
    }
}
