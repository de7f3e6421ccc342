/** The command line: a demo PKI, a look into envelopes, a check of the configuration. */
package io.dialogsecurity.artemis.cli;
