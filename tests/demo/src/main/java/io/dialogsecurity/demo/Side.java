package io.dialogsecurity.demo;

import java.util.Locale;

/** The two brokers the same load runs over. */
enum Side {
    /** With the plugin, and services that seal. */
    SEALED,
    /** The distribution as it is, and services that do not. */
    UNSEALED;

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
