/** The broker plugin, and the only place where the modules are wired together. */
package io.dialogsecurity.artemis;
