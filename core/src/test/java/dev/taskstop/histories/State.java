package dev.taskstop.histories;

/** What a task of the world is, and the words that the two forms of the API have for it. */
enum State {
    PENDING("pending", "pending"),
    PROCESSING("processing", "in_progress"),
    COMPLETED("completed", "completed"),
    ERROR("error", "failed"),
    STOPPED("stopped", "cancelled");

    private final String cloud;
    private final String v1;

    State(String cloud, String v1) {
        this.cloud = cloud;
        this.v1 = v1;
    }

    boolean isEnded() {
        return this == COMPLETED || this == ERROR || this == STOPPED;
    }

    String word(boolean isV1) {
        return isV1 ? v1 : cloud;
    }
}
