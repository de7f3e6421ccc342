package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which suite a key is for. */
final class SuiteOption {

    @Option(
            names = "--suite",
            paramLabel = "N",
            defaultValue = "2",
            description = "1: RSA of 3072 bits. 2: Ed25519 and X25519, small and fast. Default: ${DEFAULT-VALUE}.")
    private int code;

    Suite suite(CommandSpec spec) {
        return Suite.of(code)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "There is no suite " + code + "; --suite is 1 or 2"));
    }
}
