package dev.taskstop.server;

/** What is wrong with whoever creates tasks of the cloud API. */
public enum CreateError {
    /** Nothing. */
    NONE,
    /** 402: the credits have run out. */
    NO_CREDITS,
    /** 403: the prompt was flagged. */
    FLAGGED,
    /** 403: not a member of the team. */
    NOT_IN_TEAM,
    /** 404: no GitHub token. */
    NO_GITHUB_TOKEN,
    /** 429 until midnight UTC, with {@code remaining}, {@code total} and {@code resetAt}; follow-ups, too. */
    DAILY_LIMIT,
    /** 502: GitHub failed. */
    GITHUB_FAILED
}
