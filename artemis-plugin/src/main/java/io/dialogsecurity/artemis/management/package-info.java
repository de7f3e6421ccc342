/** MBeans, meters and the audit log. It shows what happens and decides nothing. */
package io.dialogsecurity.artemis.management;
