package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.wire.DialogError;

/** What breaks a dialog off, on its way out. */
final class ClearErrorMessage extends ClearMessage {

    private final DialogError error;

    ClearErrorMessage(DialogError error) {
        this.error = error;
    }

    DialogError error() {
        return error;
    }
}
