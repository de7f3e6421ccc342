package io.dialogsecurity.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.GuardOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One scenario in the making: an envelope, where it arrives, and what has to become of it. */
final class Case {

    private final String title;
    private final byte[] envelope;
    private final Map<String, Object> conditions = new TreeMap<>();
    private final List<byte[]> before = new ArrayList<>();

    Case(String title, byte[] envelope) {
        this.title = title;
        this.envelope = envelope;
        with("clock", ReferenceSealer.NOW);
        with("receiver", "keys/shipping-2.pem");
        with("trust", "keys/root.pem");
        with("received-at", "orders");
        with("suites-accepted", "1 2");
    }

    Case with(String name, Object value) {
        conditions.put(name, value);
        return this;
    }

    Case at(String service, int suite) {
        return with("receiver", "keys/" + service + "-" + suite + ".pem");
    }

    Case clock(Instant now) {
        return with("clock", now);
    }

    Case streamed() {
        return with("streamed", "yes");
    }

    Case receivedBefore(byte[] earlier) {
        before.add(earlier);
        return this;
    }

    /** The vector as far as it says what is received, and where; without the envelope. */
    Vector vector(String expect) {
        Vector vector = new Vector().put("title", title).put("expect", expect);
        conditions.forEach(vector::put);
        before.forEach(earlier -> vector.put("received-before", earlier));
        return vector;
    }

    /** The vector that opens, with what the independent opener found in it. */
    Vector opens() throws IOException {
        Vector vector = vector("opened");
        Vector complete = vector("opened").put("envelope", envelope);
        VectorRun.Outcome outcome = new VectorRun(complete).open();
        assertThat(outcome.rejected()).as(title).isNull();
        Opened opened = outcome.opened();
        ReferenceOpener.Result found = reference(complete);
        vector.put("suite", opened.suite().code())
                .put("authenticity", opened.authenticity())
                .put("initiator", found.initiator())
                .put("targets", String.join(" ", found.targets()))
                .put("sender", found.sender())
                .put("dialog-id", found.dialogId())
                .put("direction", found.direction())
                .put("sequence", found.sequence())
                .put("arrival", opened.arrival())
                .put("sealed-at", Instant.ofEpochMilli(found.created()))
                .put("destination", found.destination())
                .put("kind", opened.kind())
                .put("null-body", opened.nullBody() ? "yes" : "no")
                .put("end-of-dialog", opened.endsDialog() ? "yes" : "no")
                .put("content-type", found.contentType());
        found.properties().forEach((name, value) -> vector.put("property", Values.entry(name, value)));
        Values.ofPayload(opened.kind(), found.payload()).forEach(value -> vector.put("value", value));
        vector.put("payload", found.payload());
        found.values().forEach(vector::put);
        return vector.put("envelope", envelope);
    }

    static ReferenceOpener.Result reference(Vector vector) {
        try {
            return new ReferenceRun(vector).open();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The vector that is refused; fails if it is not, or not for this reason, or not by this layer. */
    Vector refused(Rejection code, Layer layer) {
        Vector complete = vector("rejected").put("envelope", envelope);
        VectorRun run = new VectorRun(complete);
        Rejected rejected;
        try {
            rejected = run.open().rejected();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(rejected).as(title).isNotNull();
        assertThat(rejected.reason()).as(title + ": " + rejected).isEqualTo(code);
        if (layer != null) {
            assertThat(rejected.layer()).as(title + ": " + rejected).isEqualTo(layer);
        }
        GuardOutcome guard = run.guard();
        Vector vector = vector("rejected")
                .put("code", code + " " + code.code())
                .put("layer", rejected.layer())
                .put("guard", guard instanceof Rejected noticed ? "refuses " + noticed.reason() : "passes");
        return vector.put("envelope", envelope);
    }
}
