package dev.taskstop.cli;

import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskResponseException.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ParseResult.GroupMatch;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: finds the command, and turns whatever goes wrong into one message and an exit code. */
@Command(
        name = "taskstop",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        synopsisSubcommandLabel = "COMMAND",
        header = "Stops BLACKBOX agent tasks: one, or a million.",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nThe key:%n",
        footer = {
            "  is read from BLACKBOX_API_KEY or from --key-file FILE, never from an",
            "  argument, which every user of the machine could see.",
            "",
            "@|bold Examples:|@",
            "  taskstop stop 9qQe2F8Z_nXx9-eJA0BD6",
            "  taskstop stop - --resume run.checkpoint < ids.txt",
            "  taskstop stop --active --dry-run --json | jq -r .taskId",
            "  taskstop stop --active --repo acme/web --older-than 6h -i",
            "  taskstop list --status active --ids | taskstop await - --timeout 5m",
            "  source <(taskstop generate-completion)      (bash, zsh)",
            "",
            "taskstop COMMAND --help tells more about a command."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every task was stopped, had ended, or is not there; await: each completed; status: each has a state",
            "1:some may still run, none was found, the output could not be written, or something else went wrong",
            "2:wrong usage; nothing was sent",
            "3:the key was refused, or its account has to be paid for; nothing more was sent",
            "4:await: a task ended without completing: failed, timed out, or stopped by somebody else",
            "5:await: a task was stopped after --timeout",
            "130:interrupted with Ctrl-C (143: terminated)",
            "141:nobody reads the output any more"
        })
public final class Taskstop implements Callable<Integer> {

    private static final Pattern LIST = Pattern.compile("/tasks answered ");

    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("stop", StopCommand.class);
        COMMANDS.put("await", AwaitCommand.class);
        COMMANDS.put("status", StatusCommand.class);
        COMMANDS.put("list", ListCommand.class);
        COMMANDS.put("logs", LogsCommand.class);
        COMMANDS.put("generate-completion", GenerateCompletion.class);
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    Taskstop() {}

    /**
     * Runs the program and exits.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        int exitCode = commandLine(args).execute(args);
        ClassData.makeInBackground();
        ClientOptions.endThreads();
        System.exit(Output.standard().failure() == null ? exitCode : unwritten(exitCode));
    }

    /** What was printed and could not be written has failed, whatever the command says; how it ended otherwise stays. */
    private static int unwritten(int exitCode) {
        Output output = Output.standard();
        boolean noReader = output.hasNoReader();
        if (!noReader && !output.isTold()) {
            Output.error().line(Printable.line("taskstop: the output could not be written: " + output.why()));
        }
        return switch (exitCode) {
            case Exit.OK, Exit.NOT_COMPLETED, Exit.STOPPED -> noReader ? Exit.BROKEN_PIPE : Exit.FAILED;
            default -> exitCode;
        };
    }

    /** The whole of it. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS.values());
    }

    /** What is needed for these arguments: each command takes its time to be put together. */
    static CommandLine commandLine(String[] args) {
        Class<?> called = args.length == 0 ? null : COMMANDS.get(args[0]);
        return called == null || called == GenerateCompletion.class ? commandLine() : commandLine(List.of(called));
    }

    private static CommandLine commandLine(Collection<Class<?>> commands) {
        CommandLine taskstop = new CommandLine(new Taskstop());
        commands.forEach(taskstop::addSubcommand);
        return taskstop.setOut(new PrintWriter(Output.standard(), true))
                .setErr(new PrintWriter(Output.error(), true))
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, Durations::parse)
                .registerConverter(Instant.class, Durations::moment)
                .registerConverter(Path.class, SafeFiles::named)
                .setColorScheme(Help.defaultColorScheme(Terminals.current().colours()))
                .setUsageHelpLongOptionsMaxWidth(26)
                .setExecutionStrategy(Taskstop::run)
                .setParameterExceptionHandler((wrong, args) -> explainUsage(wrong))
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
    }

    /** Refuses what picocli takes for something else than was meant, and runs the command. */
    private static int run(ParseResult line) {
        for (ParseResult each = line; each != null; each = each.subcommand()) {
            CommandLine command = each.commandSpec().commandLine();
            // With the value of a variable that is not set a flag is a no, and a dry run is none.
            each.matchedOptions().stream()
                    .filter(option -> Boolean.FALSE.equals(option.getValue()))
                    .forEach(option -> refuse(command, option, "takes no value; is it a variable that is not set?"));
            // An option of a group that is there again begins a group anew, without the others that were said.
            for (ArgGroupSpec group : each.commandSpec().argGroups()) {
                List<GroupMatch> matches = each.findMatches(group).stream()
                        .flatMap(found -> found.matches().stream())
                        .toList();
                group.options().stream()
                        .filter(option -> isInSeveral(matches, option))
                        .forEach(option -> refuse(command, option, "should be specified only once"));
            }
        }
        return new RunLast().execute(line);
    }

    private static boolean isInSeveral(List<GroupMatch> matches, OptionSpec option) {
        return matches.stream()
                        .filter(match -> !match.matchedValues(option).isEmpty())
                        .count()
                > 1;
    }

    private static void refuse(CommandLine command, OptionSpec option, String why) {
        throw new ParameterException(command, "option '" + option.longestName() + "' " + why);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return Exit.USAGE;
    }

    private static int explainUsage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        say(command, String.valueOf(wrong.getMessage()));
        if (wrong instanceof UnmatchedArgumentException unmatched
                && unmatched.getUnmatched().stream().anyMatch(each -> each.startsWith("-"))) {
            command.getErr().println("An id that begins with - goes after --");
        }
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'");
        return Exit.USAGE;
    }

    private static int explain(Exception failure, CommandLine command) {
        say(command, messageOf(failure));
        return exitCodeOf(failure);
    }

    private static void say(CommandLine command, String message) {
        String line = "taskstop: " + Printable.line(message);
        command.getErr().println(Terminals.current().colours() == Help.Ansi.ON ? Screen.red(line) : line);
    }

    /** Says what somebody should know although it is no failure. */
    static void warn(CommandLine command, String message) {
        command.getErr().println(Printable.line("taskstop: warning: " + message));
    }

    static int exitCodeOf(Throwable failure) {
        return failure instanceof TaskResponseException answer && answer.isAboutKey() ? Exit.KEY_REFUSED : Exit.FAILED;
    }

    static String messageOf(Throwable failure) {
        if (failure instanceof TaskResponseException answer) {
            return meaning(answer) + answer.getMessage();
        }
        if (failure instanceof TaskException) {
            String cause = failure.getCause() instanceof IOException io ? io.getMessage() : null;
            return failure.getMessage() + (cause == null ? "" : ": " + cause);
        }
        if (failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return messageOf(wrapped.getCause());
        }
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + ": there is no such file";
        }
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + ": there is no permission for it";
        }
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason();
            return file.getFile() + ": " + (reason == null ? file.getClass().getSimpleName() : reason);
        }
        if (failure instanceof IOException) {
            return String.valueOf(failure.getMessage());
        }
        return "an error of this program: " + failure;
    }

    /** Why an answer about the key, or about its account, ends a run. */
    static String reasonOf(TaskResponseException refusal) {
        return isUnpaid(refusal) ? "the account of this key has to be paid for" : "the key was refused";
    }

    private static boolean isUnpaid(TaskResponseException answer) {
        return answer.reason() == Reason.PAYMENT_REQUIRED;
    }

    private static String meaning(TaskResponseException answer) {
        if (answer.isAboutKey()) {
            return reasonOf(answer) + (isUnpaid(answer) ? ": " : ", check BLACKBOX_API_KEY or --key-file: ");
        }
        if (answer.reason() != Reason.NOT_FOUND) {
            return "";
        }
        // A message names method and path template, and what names no task in it is the list.
        return LIST.matcher(String.valueOf(answer.getMessage())).find()
                ? "there is no list of tasks at this address, check --base-url and --dialect: "
                : "there is no such task for this key: ";
    }

    /** Tells the version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Taskstop.class.getPackage().getImplementationVersion();
            return new String[] {"taskstop " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
