package dev.treadle.launcher.sleeper;

import org.apache.jasper.JasperException;
import org.apache.jasper.compiler.JDTCompiler;

import java.io.FileNotFoundException;

/**
 * Jasper's compiler for threads that are interrupted already when they come to compile. Jasper
 * reads and writes through channels, which such a thread closes by touching them. The interrupt is
 * there again afterwards. (One that comes meanwhile is held back, see {@code Permit}.)
 */
public final class PageCompiler extends JDTCompiler {
    /** For Jasper. */
    public PageCompiler() {}

    @Override
    public void compile(boolean compileClass, boolean jspcMode)
            throws FileNotFoundException, JasperException, Exception {
        boolean interrupted = Thread.interrupted();
        try {
            super.compile(compileClass, jspcMode);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
