/**
 * Plain applications: the ordinary client library of each protocol the broker speaks, behind one small
 * interface, and what it tells its user of a message in a form that can be compared. They know nothing
 * of dialogs; whoever uses them brings the libraries (they are optional dependencies of the test kit).
 */
package io.dialogsecurity.testkit.plain;
