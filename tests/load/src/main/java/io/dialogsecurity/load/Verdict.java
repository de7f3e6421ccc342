package io.dialogsecurity.load;

import io.dialogsecurity.testkit.Screen;

/** What has to hold, each shown with a line as it is found. Not for use by several threads. */
final class Verdict {

    private final Screen screen;
    private boolean good = true;

    Verdict(Screen screen) {
        this.screen = screen;
    }

    /** Something holds, or not. */
    void require(boolean holds, String what) {
        screen.verdict(holds, what);
        good &= holds;
    }

    boolean isGood() {
        return good;
    }
}
