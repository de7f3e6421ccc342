package io.dialogsecurity.demo;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What the demonstration shows: on a terminal in colour and with a progress line that changes in place, elsewhere plain,
 * with a line of progress now and then. Safe for use by several threads.
 */
final class Screen {

    private static final long QUIET_PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private boolean progressShown;
    private long lastProgressNanos = System.nanoTime();

    Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether output goes to somebody who looks at it, and wants colour. */
    static boolean isTerminal() {
        if (System.console() == null || System.getenv("NO_COLOR") != null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // Since 22 there is a console even when there is no terminal, and it can say so.
            return (Boolean) java.io.Console.class.getMethod("isTerminal").invoke(System.console());
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }

    synchronized void section(String title) {
        endProgress();
        out.println();
        out.println(bold(title));
    }

    synchronized void line(String text) {
        endProgress();
        out.println("  " + text);
    }

    synchronized void good(String text) {
        line(coloured(32, "ok") + "   " + text);
    }

    synchronized void bad(String text) {
        line(coloured(31, "BAD") + "  " + text);
    }

    synchronized void verdict(boolean good, String text) {
        if (good) {
            good(text);
        } else {
            bad(text);
        }
    }

    /** Shown in place of the progress before. */
    synchronized void progress(String text) {
        long now = System.nanoTime();
        if (terminal) {
            out.print(CLEAR_LINE + "  " + text);
            out.flush();
            progressShown = true;
        } else if (now - lastProgressNanos > QUIET_PROGRESS_NANOS) {
            lastProgressNanos = now;
            out.println("  ... " + text);
        }
    }

    /** Since the start. */
    String elapsed() {
        return seconds(System.nanoTime() - start);
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    String bold(String text) {
        return terminal ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    String coloured(int colour, String text) {
        return terminal ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
    }

    private void endProgress() {
        lastProgressNanos = System.nanoTime();
        if (progressShown) {
            out.print(CLEAR_LINE);
            progressShown = false;
        }
    }
}
