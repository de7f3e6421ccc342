package io.dialogsecurity.takeover;

import java.util.Locale;

/** The two kinds of lanes that run side by side, through the same brokers, in the same processes, in the same way. */
enum Side {
    /** On addresses that policy protects. */
    SEALED,
    /** On addresses that policy lets pass. */
    UNSEALED;

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
