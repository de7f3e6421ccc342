package io.dialogsecurity.dialog;

/** What came of opening an envelope. An expected refusal is a value, not an exception. */
public sealed interface OpenOutcome permits Opened, Rejected {}
