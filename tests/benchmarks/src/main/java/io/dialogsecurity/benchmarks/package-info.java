/** JMH benchmarks, each beside its baseline. Compiled by the build, run by hand. */
package io.dialogsecurity.benchmarks;
