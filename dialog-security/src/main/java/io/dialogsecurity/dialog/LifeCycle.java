package io.dialogsecurity.dialog;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.SendSequence;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.ContentKind;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Begin, end and error of a service's dialogs: tells {@link DialogStates} what somebody who takes over has to know, and
 * sealers when to stop. Not on the way of a warm message. Thread-safe.
 *
 * <p>Where a dialog has several targets, one of them speaks for itself alone: its end or error is not the dialog's.
 */
final class LifeCycle {

    private final ServiceName service;
    private final DialogStates states;
    private final InstantSource clock;
    private final BrokenOff brokenOff = new BrokenOff();

    LifeCycle(ServiceName service, DialogStates states, InstantSource clock) {
        this.service = service;
        this.states = states;
        this.clock = clock;
    }

    /** What is remembered of a dialog; its id names nothing without its initiator, because anybody may choose it. */
    Optional<DialogState> find(ServiceName initiator, DialogId dialogId) {
        return states.find(side(initiator), dialogId);
    }

    /** The numbers the initiator sends under. */
    SendSequence sending(DialogId dialogId) {
        return states.sending(service.value(), dialogId, 0);
    }

    /** This side, as the initiator, is about to send under a pair for the first time in the dialog. */
    void seals(DialogId dialogId, SealingPair pair) {
        remember(service, dialogId, pair.senderIndex, pair.suite.code(), pair.sharedLayers, DialogStatus.OPEN);
    }

    /** This side has sealed its last message. */
    void sealedLast(DialogId dialogId, SealingPair pair, Bytes initiator, ContentKind kind) {
        boolean error = kind == ContentKind.ERROR;
        if (error) {
            brokenOff.add(initiator, dialogId);
        }
        remember(
                pair.origin == null
                        ? service
                        : pair.origin.servicePair.initiator().service(),
                dialogId,
                pair.senderIndex,
                pair.suite.code(),
                Bytes.EMPTY,
                error ? DialogStatus.ERROR : DialogStatus.ENDED_BY_US);
    }

    /** A message has been opened whose static headers were not met before, or not in this place. */
    void opened(OpeningDialog dialog) {
        remember(dialog, dialog.pair.sharedLayers, DialogStatus.OPEN);
    }

    /** The other side's last message has been opened. */
    void openedLast(OpeningDialog dialog, ContentKind kind) {
        if (dialog.header.direction() == Direction.TARGET_TO_INITIATOR
                && dialog.pair.servicePair.authenticity() != Authenticity.PAIR) {
            return;
        }
        boolean error = kind == ContentKind.ERROR;
        if (error) {
            brokenOff.add(dialog.pair.servicePair.initiator().fingerprint(), dialog.header.dialogId());
        }
        remember(dialog, Bytes.EMPTY, error ? DialogStatus.ERROR : DialogStatus.ENDED_BY_PEER);
    }

    /** Grows with each dialog that is broken off. */
    int brokenOff() {
        return brokenOff.changes();
    }

    /** Whether the dialog has been broken off, as far as sealers at work in it are concerned. */
    boolean isBrokenOff(Bytes initiator, DialogId dialogId) {
        return brokenOff.contains(initiator, dialogId);
    }

    private void remember(OpeningDialog dialog, Bytes layers, DialogStatus status) {
        remember(
                dialog.pair.servicePair.initiator().service(),
                dialog.header.dialogId(),
                dialog.ownIndex,
                dialog.pair.suite.code(),
                layers,
                status);
    }

    private void remember(
            ServiceName initiator, DialogId dialogId, int ownIndex, int suite, Bytes layers, DialogStatus status) {
        states.remember(new DialogState(side(initiator), dialogId, ownIndex, suite, layers, status, clock.millis()));
    }

    private String side(ServiceName initiator) {
        return initiator.equals(service) ? service.value() : service.value() + "\n" + initiator.value();
    }
}
