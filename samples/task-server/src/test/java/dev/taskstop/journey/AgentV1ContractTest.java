package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskResponseException;
import dev.taskstop.server.IdForm;

class AgentV1ContractTest extends DialectContract {

    AgentV1ContractTest() {
        super(TaskDialect.agentV1(), IdForm.UUID);
    }

    @Override
    void assertSomebodyElses(StopResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        StopResult.Failed.class,
                        failed -> assertThat(((TaskResponseException) failed.error()).reason())
                                .isEqualTo(TaskResponseException.Reason.FORBIDDEN));
    }
}
