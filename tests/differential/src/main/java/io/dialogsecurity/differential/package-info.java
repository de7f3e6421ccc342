/**
 * The differential run: the same random program of an application's and an administrator's steps through sealed and unsealed
 * addresses, and whether its applications get the same.
 */
package io.dialogsecurity.differential;
