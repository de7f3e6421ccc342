package io.dialogsecurity.artemis.client;

import io.dialogsecurity.dialog.ForkReport;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.id.Bytes;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per decision somebody may ask about later, to the logger {@value #LOGGER}. Names, numbers and reasons only:
 * never a key, never a byte of a message. Thread-safe.
 */
final class AuditLog {

    static final String LOGGER = "io.dialogsecurity.audit";

    private static final int LONGEST_VALUE = 300;

    private final Logger log = LoggerFactory.getLogger(LOGGER);

    void refusedIncoming(String address, Rejected rejected) {
        log.warn(
                "client refused a received message: code={} reason={} layer={} address={} detail={}",
                rejected.reason().code(),
                rejected.reason(),
                rejected.layer(),
                oneLine(address),
                oneLine(rejected.detail()));
    }

    void toleratedPlaintext(String address, Instant until) {
        log.warn(
                "client takes unsealed messages, which policy tolerates for the time being: address={} until={}",
                oneLine(address),
                until);
    }

    void refusedOutgoing(String address, Rejection reason, String detail) {
        log.warn(
                "client refused to send: code={} reason={} address={} detail={}",
                reason.code(),
                reason,
                oneLine(address),
                oneLine(detail));
    }

    void forked(ForkReport report) {
        log.error(
                "client received two messages with one number: cause={} sender={} dialog={} direction={} sequence={}"
                        + " first-key={} first={} second-key={} second={}",
                report.cause(),
                report.sender(),
                report.dialogId(),
                report.direction(),
                report.sequence(),
                report.first().map(first -> first.dialogKeyId().toString()).orElse("forgotten"),
                report.first().map(first -> hash(first.envelope())).orElse("forgotten"),
                report.second().dialogKeyId(),
                hash(report.second().envelope()));
    }

    /** Names an envelope, so that it is found in a queue or a journal. */
    private static String hash(Bytes envelope) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(envelope.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    void duplicateRemoved(String address, Opened message) {
        log.info(
                "client removed a duplicate: address={} sender={} dialog={} sequence={}",
                oneLine(address),
                message.sender(),
                message.dialogId(),
                message.sequence());
    }

    void quarantined(String address, String quarantine, Rejection reason) {
        log.warn(
                "client quarantined a message: code={} reason={} address={} quarantine={}",
                reason.code(),
                reason,
                oneLine(address),
                oneLine(quarantine));
    }

    void quarantineFailed(String address, String quarantine, Rejection reason, Throwable why) {
        log.error(
                "client could not quarantine a message, it stays where it was: code={} reason={} address={}"
                        + " quarantine={} cause={}",
                reason.code(),
                reason,
                oneLine(address),
                oneLine(quarantine),
                oneLine(String.valueOf(why.getMessage())));
    }

    void configured(Path file, String what) {
        log.info("client configuration {}: {}", oneLine(String.valueOf(file)), oneLine(what));
    }

    void configurationRefused(String why) {
        log.warn("client configuration refused, the last good one stays: {}", oneLine(why));
    }

    void warning(String warning) {
        log.warn("{}", oneLine(warning));
    }

    /** What others wrote must not look like lines of this log, nor fill it. */
    private static String oneLine(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
        return clean.length() <= LONGEST_VALUE ? clean : clean.substring(0, LONGEST_VALUE) + "…";
    }
}
