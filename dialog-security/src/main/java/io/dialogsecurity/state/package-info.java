/** Ports for what an endpoint remembers. The caches and stores behind them are left to other modules. */
package io.dialogsecurity.state;
