package dev.treadle.it;

/** For applications under test: tells where a class comes from. */
public final class ClassPlace {
    private ClassPlace() {}

    /** Returns the place of a class that the application sees, or nowhere. */
    public static String of(String className) {
        try {
            Class<?> found = Class.forName(className, false, ClassPlace.class.getClassLoader());
            return String.valueOf(found.getProtectionDomain().getCodeSource().getLocation());
        } catch (ClassNotFoundException none) {
            return "nowhere";
        }
    }
}
