package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.MirroredPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What guards and endpoints have refused, from their audit logs, which outlive them. Nothing here deserves it. */
final class Refusals {

    private static final String GUARD = "io.dialogsecurity.audit";
    private static final String REFUSED = "refused reason=";

    private final MirroredPair pair;
    private final Cast cast;
    private final Map<String, Integer> toldOf = new HashMap<>();

    Refusals(MirroredPair pair, Cast cast) {
        this.pair = pair;
        this.cast = cast;
    }

    /** Those that are new since the last call. */
    List<String> next() throws IOException {
        List<String> news = new ArrayList<>();
        for (MirroredPair.Side side : MirroredPair.Side.values()) {
            Path log = pair.broker(side).consoleLog();
            add(
                    "guard " + side,
                    new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> line.contains(GUARD) && line.contains(REFUSED))
                            .map(line -> line.substring(line.indexOf(REFUSED)))
                            .toList(),
                    news);
        }
        int number = 0;
        for (Instance instance : cast.everybody()) {
            add(instance.name() + " (process " + ++number + ")", instance.audit(), news);
        }
        return news;
    }

    private void add(String who, List<String> all, List<String> news) {
        all.stream().skip(toldOf.getOrDefault(who, 0)).forEach(line -> news.add(who + ": " + line));
        toldOf.put(who, all.size());
    }
}
