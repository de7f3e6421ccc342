/**
 * Who a service is: its certificate, its private key, and whom to trust.
 *
 * <p>This package reads service identities and certificates from PKCS#12 and PEM, decides whether a
 * certificate may speak for a service at a given time, finds the certificates one can seal to, and
 * holds the small certificate authority behind the demo PKI and the tests.
 *
 * <p>It leaves to its neighbours: what is done with a key ({@code crypto}), which service may do
 * what and where the files are ({@code policy}), and what a certificate looks like inside an
 * envelope ({@code wire}). It opens no network connection and registers no security provider.
 */
package io.dialogsecurity.identity;
