package io.dialogsecurity.testkit;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What somebody who waits is shown: on a terminal in colour and with a progress line that changes in place, elsewhere plain,
 * with a line of progress now and then. Safe for use by several threads.
 */
public final class Screen {

    private static final long QUIET_PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private boolean progressShown;
    private long lastProgressNanos = System.nanoTime();

    /** A screen that writes there; {@code terminal} as {@link #isTerminal()} says. */
    public Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether output goes to somebody who looks at it, and wants colour. */
    public static boolean isTerminal() {
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

    /** A heading. */
    public synchronized void section(String title) {
        endProgress();
        out.println();
        out.println(bold(title));
    }

    /** A line that stays. */
    public synchronized void line(String text) {
        endProgress();
        out.println("  " + text);
    }

    /** A line that says that something is as it should be. */
    public synchronized void good(String text) {
        line(coloured(32, "ok") + "   " + text);
    }

    /** A line that says that something is not. */
    public synchronized void bad(String text) {
        line(coloured(31, "BAD") + "  " + text);
    }

    /** {@link #good} or {@link #bad}. */
    public synchronized void verdict(boolean good, String text) {
        if (good) {
            good(text);
        } else {
            bad(text);
        }
    }

    /** Shown in place of the progress before. */
    public synchronized void progress(String text) {
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
    public String elapsed() {
        return seconds(System.nanoTime() - start);
    }

    /** As in "1.2 s". */
    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** With commas between thousands. */
    public static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** The text, bold on a terminal. */
    public String bold(String text) {
        return terminal ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    /** The text, coloured on a terminal; an ANSI colour. */
    public String coloured(int colour, String text) {
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
