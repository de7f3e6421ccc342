package io.dialogsecurity.dialog;

/** What a guard thinks of an envelope. */
public sealed interface GuardOutcome permits VerifiedEnvelope, Rejected {}
