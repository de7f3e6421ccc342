/**
 * Documents such as businesses exchange, made from a seed: FIX 4.4, ISO 20022 and HL7 version 2. They keep their
 * standards' syntax (lengths, checksums, totals), and name people and accounts that nobody but the services may read.
 */
package io.dialogsecurity.demo.document;
