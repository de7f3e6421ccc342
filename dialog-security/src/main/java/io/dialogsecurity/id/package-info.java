/**
 * The names of things: services, dialogs, keys, directions. Small immutable values without behaviour of their own,
 * a leaf that every other package may know. What these names are used for is left to the neighbours.
 */
package io.dialogsecurity.id;
