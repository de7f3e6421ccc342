/**
 * The load harness: many plain applications of all protocols at one broker that seals and opens for them, cut off and killed
 * in mid-delivery while policy is replaced every second, and the books that say what was lost, shown to the wrong reader or
 * kept in memory.
 */
package io.dialogsecurity.load;
