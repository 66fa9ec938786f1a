package dev.taskstop.guide;

import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.stereotype.Component;

// begin
@Component
class AuditTrail implements StopListener {

    final Queue<String> lines = new ConcurrentLinkedQueue<>(); // called from several threads at once

    @Override
    public void onResult(StopResult result) {
        lines.add(result.getClass().getSimpleName() + " " + result.taskId());
    }
}
// end
