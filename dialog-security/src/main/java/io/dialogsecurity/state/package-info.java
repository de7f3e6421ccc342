/**
 * Ports: what an endpoint remembers, and where. Derived keys and verified headers, which everybody can do without
 * ({@link io.dialogsecurity.state.DerivedCache}); how far a receiver has come in each dialog
 * ({@link io.dialogsecurity.state.ReceiveWindow}); what a guard has let pass
 * ({@link io.dialogsecurity.state.ClaimWindow}); and the dialogs themselves
 * ({@link io.dialogsecurity.state.DialogStates}). Plain implementations in memory are here; bounded caches and databases
 * are left to the modules that bring their libraries.
 */
package io.dialogsecurity.state;
