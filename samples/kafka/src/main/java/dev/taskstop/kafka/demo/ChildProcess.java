package dev.taskstop.kafka.demo;

import dev.taskstop.server.TaskServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java process that does not outlive this one. */
final class ChildProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;

    private ChildProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Starts one; its standard error is this process's own. What is secret goes into the environment. */
    static ChildProcess start(Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(TaskServerProcess.sameJava());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start());
    }

    /** Waits for the first line of the standard output. */
    String firstLine() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("A process ended before it said that it had begun");
        }
        return line;
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL: the process learns nothing of it. */
    void kill() {
        process.destroyForcibly();
    }

    /** SIGTERM, and the exit code. */
    int end() throws IOException, InterruptedException {
        process.destroy();
        return exitCode();
    }

    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("A process did not end");
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
