package dev.treadle.it.agent.program;

/** Says that it runs, and ends. */
public final class Hello {
    private Hello() {}

    /** Says so. */
    public static void main(String[] arguments) {
        System.out.println("main runs");
    }
}
