/** Service certificates, private keys and the trust in them. What a service may do is left to the policy package. */
package io.dialogsecurity.identity;
