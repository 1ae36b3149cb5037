package dev.treadle.agent;

/** How the agent takes what it cannot do, by its argument {@code strict}. */
enum Strictness {
    /** Bad settings end the JVM, and so does a container that the agent does not know. */
    ON,
    /** The argument is not there: bad settings end the JVM, another container runs unchanged. */
    USUAL,
    /** A warning, and all runs unchanged. */
    OFF;

    /** Reads the argument alone: it counts even if the others cannot be read. */
    static Strictness of(String arguments) {
        for (String argument : arguments.split(",")) {
            String[] parts = argument.split("=", 2);
            if (parts.length == 2 && parts[0].strip().equals("strict")) {
                switch (parts[1].strip()) {
                    case "true" -> {
                        return ON;
                    }
                    case "false" -> {
                        return OFF;
                    }
                    default -> {
                        // the reader of all arguments refuses it
                    }
                }
            }
        }
        return USUAL;
    }
}
