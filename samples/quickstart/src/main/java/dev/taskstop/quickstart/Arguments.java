package dev.taskstop.quickstart;

import java.util.OptionalLong;

/** The one number that a program may be given. */
final class Arguments {

    private Arguments() {}

    /** The number, or another one where none is given; the program ends with 2 where something else is. */
    static long number(String[] args, long otherwise, long least, long most) {
        if (args.length == 0) {
            return otherwise;
        }
        OptionalLong number = parse(args, least, most);
        if (number.isEmpty()) {
            System.err.printf("It takes one number, from %,d to %,d.%n", least, most);
            System.exit(2);
        }
        return number.getAsLong();
    }

    static OptionalLong parse(String[] args, long least, long most) {
        try {
            long number = Long.parseLong(args[0]);
            return args.length == 1 && number >= least && number <= most
                    ? OptionalLong.of(number)
                    : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
