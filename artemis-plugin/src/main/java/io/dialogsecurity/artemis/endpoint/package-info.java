/**
 * The broker as the endpoint of plain applications: it seals what they send before anything of it is stored, and opens for
 * those consumers whom policy names, in a copy, what is delivered to them. What is stored stays sealed.
 */
package io.dialogsecurity.artemis.endpoint;
