package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.ServiceName;
import java.math.BigInteger;

/**
 * One party of a service pair, as named in the service-pair header.
 *
 * @param service the name of the service
 * @param issuer the certificate's issuer, RFC 2253
 * @param serial the certificate's serial number, not negative
 * @param certificateDateMillis the start of the certificate's validity, milliseconds since the epoch, UTC
 * @param fingerprint SHA-256 of the certificate's DER, 32 bytes; it decides, the rest is for people
 */
public record PartyIdentity(
        ServiceName service, String issuer, BigInteger serial, long certificateDateMillis, Bytes fingerprint) {}
