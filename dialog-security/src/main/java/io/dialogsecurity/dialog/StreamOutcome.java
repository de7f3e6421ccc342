package io.dialogsecurity.dialog;

/** What came of opening the head of a streamed envelope. */
public sealed interface StreamOutcome permits OpenedStream, Rejected {}
