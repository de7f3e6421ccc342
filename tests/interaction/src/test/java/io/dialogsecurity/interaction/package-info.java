/** Two or three services, their instances, and a network between them that does everything wrong, against a model. */
package io.dialogsecurity.interaction;
