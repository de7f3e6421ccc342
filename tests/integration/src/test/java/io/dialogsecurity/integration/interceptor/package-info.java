/** The interceptor pair in applications that are changed in nothing but their connection URL, over a real broker. */
package io.dialogsecurity.integration.interceptor;
