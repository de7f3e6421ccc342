/** The services a process speaks for, as one reading of its configuration has them; for clients and for brokers. */
package io.dialogsecurity.artemis.speaker;
