/** To whom clients seal replies and other messages, and what they open where a broker has moved it, over a real broker. */
package io.dialogsecurity.integration.replies;
