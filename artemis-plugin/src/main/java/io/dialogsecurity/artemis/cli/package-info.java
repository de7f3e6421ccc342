/**
 * The command line: a demo PKI, a look into envelopes, a check of the configuration, the registry of rejections. It
 * starts from the client jar and knows no broker.
 *
 * <p>A command says what it found on standard output and what went wrong in one line on standard error; what the
 * numbers it ends with mean is in {@link io.dialogsecurity.artemis.cli.ExitCode}. What is found is left to the library:
 * nothing here decides about an envelope.
 */
package io.dialogsecurity.artemis.cli;
