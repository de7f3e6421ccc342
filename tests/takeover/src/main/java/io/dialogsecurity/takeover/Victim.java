package io.dialogsecurity.takeover;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Which process is killed. */
enum Victim {
    /** The broker that accepts clients. */
    ACTIVE,
    /** The other. */
    STANDBY,
    /** An instance of a part that initiates. */
    PRODUCER,
    /** An instance of a part that receives. */
    CONSUMER;

    private static final List<Victim> TEN =
            List.of(ACTIVE, ACTIVE, ACTIVE, ACTIVE, STANDBY, STANDBY, PRODUCER, PRODUCER, CONSUMER, CONSUMER);

    /** So many victims, in every ten as many of each kind, in an order by chance. */
    static List<Victim> draw(int kills, Random random) {
        List<Victim> drawn = new ArrayList<>();
        while (drawn.size() < kills) {
            List<Victim> ten = new ArrayList<>(TEN);
            Collections.shuffle(ten, random);
            drawn.addAll(ten);
        }
        return drawn.subList(0, kills);
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
