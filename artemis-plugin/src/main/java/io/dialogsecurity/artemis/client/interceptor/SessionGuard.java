package io.dialogsecurity.artemis.client.interceptor;

interface SessionGuard {
    void close();
}
