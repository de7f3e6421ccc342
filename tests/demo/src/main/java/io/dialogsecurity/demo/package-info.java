/** The main job: a real broker, services that hold dialogs over it, and attacks on them. */
package io.dialogsecurity.demo;
