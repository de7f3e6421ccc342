package io.dialogsecurity.takeover;

import java.util.List;
import java.util.Locale;

/** What an application's process does, and for which service; at a time one or two instances of it run. */
enum Part {
    /** Sends orders and questions, and takes the answers. */
    SALES_OUT("sales"),
    /** Takes orders and questions, and answers. */
    STORE_IN("store"),
    /** Sends shipments and invoices. */
    STORE_OUT("store"),
    /** Takes shipments and invoices. */
    SALES_IN("sales");

    private final String service;

    Part(String service) {
        this.service = service;
    }

    /** The service, which is also its user at the brokers. */
    String service() {
        return service;
    }

    /** Whether what it does begins with itself; of such a part one instance runs, of the others there may be two. */
    boolean initiates() {
        return this == SALES_OUT || this == STORE_OUT;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> services() {
        return List.of("sales", "store");
    }
}
