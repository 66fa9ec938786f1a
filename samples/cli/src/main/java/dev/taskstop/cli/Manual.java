package dev.taskstop.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Writes what picocli knows of the commands as pages of a manual and as a completion, when the archive is built. */
final class Manual {

    private static final String NAME = "taskstop";

    private final List<String> lines = new ArrayList<>();
    private final CommandSpec command;
    private final String title;

    private Manual(CommandLine command) {
        this.command = command.getCommandSpec();
        this.title = this.command.qualifiedName("-");
    }

    /**
     * Writes the files.
     *
     * @param args the folder, which becomes the archive's {@code share}, and the version
     */
    public static void main(String[] args) throws IOException {
        CommandLine taskstop = Taskstop.commandLine();
        Path share = Path.of(args[0]);
        Path completions = Files.createDirectories(share.resolve("bash-completion/completions"));
        Files.writeString(completions.resolve(NAME), AutoComplete.bash(NAME, taskstop));
        Path pages = Files.createDirectories(share.resolve("man/man1"));
        List<CommandLine> all = Stream.concat(Stream.of(taskstop), taskstop.getSubcommands().values().stream())
                .toList();
        for (CommandLine each : all) {
            Manual page = new Manual(each);
            Files.write(pages.resolve(page.title + ".1"), page.lines(args[1]));
        }
    }

    private List<String> lines(String version) {
        UsageMessageSpec usage = command.usageMessage();
        String purpose = String.join(" ", usage.header());
        add(".TH " + title.toUpperCase(Locale.ROOT) + " 1 \"\" \"taskstop " + version + "\" \"Taskstop\"");
        section("Name", escape(title + " - " + purpose));
        section("Synopsis", synopsis());
        section("Description", paragraph(usage.description().length == 0 ? usage.header() : usage.description()));
        section("Arguments", tagged(command.positionalParameters()));
        List<ArgGroupSpec> groups = command.argGroups();
        section(
                "Options",
                tagged(options().filter(option -> option.group() == null).toList()));
        groups.forEach(group -> section(heading(group.heading()), tagged(List.copyOf(group.args()))));
        section(
                "Commands",
                command.subcommands().values().stream()
                        .map(each -> tag(
                                each.getCommandName(),
                                each.getCommandSpec().usageMessage().header()))
                        .collect(Collectors.joining("\n")));
        section(
                heading(usage.exitCodeListHeading()),
                usage.exitCodeList().entrySet().stream()
                        .map(code -> tag(code.getKey(), code.getValue()))
                        .collect(Collectors.joining("\n")));
        section(heading(usage.footerHeading()), verbatim(usage.footer()));
        section("See also", escape(seeAlso()));
        return lines;
    }

    private String synopsis() {
        String[] custom = command.usageMessage().customSynopsis();
        String text = custom.length > 0
                ? String.join("\n", custom).strip()
                : new CommandLine.Help(command, CommandLine.Help.defaultColorScheme(Ansi.OFF))
                        .synopsis(0)
                        .strip();
        return verbatim(text.split("\n", -1));
    }

    private Stream<OptionSpec> options() {
        return command.options().stream().filter(option -> !option.hidden());
    }

    private String seeAlso() {
        CommandSpec parent = command.parent();
        CommandSpec root = parent == null ? command : parent;
        return Stream.concat(Stream.of(root.commandLine()), root.subcommands().values().stream())
                .filter(each -> each.getCommandSpec() != command)
                .map(each -> each.getCommandSpec().qualifiedName("-") + "(1)")
                .collect(Collectors.joining(", "));
    }

    private static String tagged(List<? extends ArgSpec> args) {
        return args.stream().map(arg -> tag(name(arg), arg.description())).collect(Collectors.joining("\n"));
    }

    private static String name(ArgSpec arg) {
        if (arg instanceof OptionSpec option) {
            String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
            return String.join(", ", option.names()) + value;
        }
        return arg.paramLabel();
    }

    private static String tag(String name, String... description) {
        return ".TP\n\\fB" + escape(name) + "\\fR\n" + paragraph(description);
    }

    private static String paragraph(String... text) {
        return escape(Ansi.OFF.string(String.join(" ", text)).replace("%n", " ").strip());
    }

    private static String verbatim(String... text) {
        return text.length == 0
                ? ""
                : ".nf\n"
                        + Stream.of(text)
                                .map(line -> escape(Ansi.OFF.string(line)))
                                .collect(Collectors.joining("\n"))
                        + "\n.fi";
    }

    private static String heading(String heading) {
        String text = heading == null
                ? ""
                : heading.replace("%n", "").replace(":", "").strip();
        return text.isEmpty() ? "Notes" : text;
    }

    private void section(String name, String text) {
        if (!text.isBlank()) {
            add(".SH " + name.toUpperCase(Locale.ROOT));
            add(text);
        }
    }

    private void add(String line) {
        lines.add(line);
    }

    /** A dot or a quote at the beginning of a line is a command to the formatter, a bare hyphen may become a dash. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
