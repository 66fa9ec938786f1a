package dev.taskstop.cli;

/** The program, which tells as it exits which of its threads still wait for sockets. */
final class ThreadsLeft {

    private ThreadsLeft() {}

    /**
     * Runs it.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("reactor-http"))
                        .forEach(System.err::println)));
        Taskstop.main(args);
    }
}
