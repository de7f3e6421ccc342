/** Tests against the real distribution and the packaged jars. */
package io.dialogsecurity.integration;
