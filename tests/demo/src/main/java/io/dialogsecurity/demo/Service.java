package io.dialogsecurity.demo;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.util.Locale;

/**
 * The services. Those of one application run in one process; each is a user of the broker with a role of its own, all
 * three of the service's name.
 */
enum Service {
    ORDER_ENTRY(Suite.SUITE_2, "order-entry"),
    /** The order-entry application's second identity, for what concerns money. */
    TREASURY(Suite.SUITE_1, "order-entry"),
    SHIPPING(Suite.SUITE_2, "shipping"),
    INVENTORY(Suite.SUITE_2, "inventory"),
    BILLING(Suite.SUITE_1, "billing");

    private final Suite suite;
    private final String application;

    Service(Suite suite, String application) {
        this.suite = suite;
        this.application = application;
    }

    /** What its certificate is made for. */
    Suite suite() {
        return suite;
    }

    /** The process it runs in. */
    String application() {
        return application;
    }

    /** As in its certificate. */
    ServiceName serviceName() {
        return new ServiceName(title());
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
