package dev.taskstop.server;

/** What runs behind a task. */
public enum SandboxKind {
    /** Nothing: costs nothing, for a million tasks. */
    SIMULATED,
    /** An operating-system process for each agent, which ends on SIGTERM. */
    PROCESS,
    /** An operating-system process for each agent, which ignores SIGTERM and must be ended by force. */
    STUBBORN_PROCESS
}
