package dev.taskstop.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown: the first column is text, the others are numbers. */
final class MarkdownTable {

    private final List<String> lines = new ArrayList<>();

    MarkdownTable(String... titles) {
        row(titles);
        lines.add("| --- |" + " ---: |".repeat(titles.length - 1));
    }

    MarkdownTable row(String... cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
        return this;
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
