package io.dialogsecurity.differential;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A way of sealing and opening. What it protects begins with its name. */
enum Lane {
    /** The decorator around the core client. */
    CORE(Provider.CORE, Place.DECORATOR),
    /** The interceptors that the URL of the core client names. */
    URL(Provider.CORE, Place.INTERCEPTORS),
    /** The decorator around Qpid JMS. */
    QPID(Provider.AMQP, Place.DECORATOR),
    /** The broker seals and opens for a plain core client. */
    BCORE(Provider.CORE, Place.BROKER),
    /** The broker seals and opens for plain Qpid JMS. */
    BQPID(Provider.AMQP, Place.BROKER);

    /** Who seals and opens. */
    enum Place {
        DECORATOR,
        INTERCEPTORS,
        BROKER
    }

    private final Provider provider;
    private final Place place;

    Lane(Provider provider, Place place) {
        this.provider = provider;
        this.place = place;
    }

    Provider provider() {
        return provider;
    }

    Place place() {
        return place;
    }

    /** The first word of its addresses. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Large messages nobody seals but the decorator; over AMQP the broker tells of a diverted one, if it is unsealed, that it is
     * where it was sent to.
     */
    boolean does(Feature feature) {
        return feature != Feature.LARGE || this == CORE;
    }

    /** Of names with commas between, or {@code all}. */
    static Set<Lane> parse(String text) {
        if (text.equals("all")) {
            return EnumSet.allOf(Lane.class);
        }
        Set<Lane> lanes = EnumSet.noneOf(Lane.class);
        for (String name : text.split(",")) {
            lanes.add(valueOf(name.trim().toUpperCase(Locale.ROOT)));
        }
        return lanes;
    }
}
