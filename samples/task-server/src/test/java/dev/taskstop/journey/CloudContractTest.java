package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.TaskDialect;
import dev.taskstop.server.IdForm;

class CloudContractTest extends DialectContract {

    CloudContractTest() {
        super(TaskDialect.cloud(), IdForm.NANOID);
    }

    @Override
    void assertSomebodyElses(StopResult result) {
        assertThat(result).isInstanceOf(StopResult.NotFound.class);
    }
}
