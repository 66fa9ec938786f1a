package dev.taskstop.cli;

/** Runs several commands in one process, because the start of Java takes most of the time of a test. */
final class EachCommand {

    /** What ends a command's part of either stream; the exit code comes after it. */
    static final String END = "=== exit ";

    private EachCommand() {}

    /**
     * Runs them.
     *
     * @param args the command lines, each as one argument
     */
    public static void main(String[] args) {
        for (String line : args) {
            String[] words = line.split(" ", -1);
            int exitCode = Taskstop.commandLine(words).execute(words);
            Output.standard().line(END + exitCode);
            Output.error().line(END + exitCode);
        }
        System.exit(0);
    }
}
