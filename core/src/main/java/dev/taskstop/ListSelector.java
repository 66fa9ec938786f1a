package dev.taskstop;

/** What of a task a condition of a {@link TaskQuery} looks at, and how the condition is given. */
enum ListSelector {
    REPOSITORY("withRepository", "repository"),
    BRANCH("withBranch", "branch"),
    AGENT("withAgent", "agent"),
    MODEL("withModel", "model"),
    BATCH("withBatch", "batch"),
    CREATOR("withCreator", "creator"),
    PROMPT("withPrompt", "prompt"),
    CHAT("withChatId", "chat"),
    OLDER_THAN("olderThan", "time of creation"),
    CREATED_BEFORE("createdBefore", "time of creation");

    /** The method of {@link TaskQuery}. */
    final String method;

    /** In the words of a message. */
    final String subject;

    ListSelector(String method, String subject) {
        this.method = method;
        this.subject = subject;
    }
}
