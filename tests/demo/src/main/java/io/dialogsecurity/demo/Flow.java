package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import java.util.List;

/** A part that a service plays in a round: sends in a dialog, or receives on an address. */
interface Flow extends AutoCloseable {

    /** Begins to send; one that only receives does so since it was made. */
    void go();

    /** Messages sent or received so far. */
    long progress();

    /** Whether everything that had to happen has. */
    boolean complete();

    /** What happened, as the other processes are told. */
    List<Line> results();

    @Override
    void close() throws Exception;
}
