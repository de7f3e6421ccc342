package io.dialogsecurity.artemis.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the authority is. */
final class PkiDirectoryOption {

    @Option(
            names = "--pki",
            paramLabel = "DIR",
            defaultValue = "pki",
            description = "The authority's directory. Default: ${DEFAULT-VALUE}.")
    private Path directory;

    PkiFiles files() {
        return new PkiFiles(directory);
    }

    static void requirePositive(CommandSpec spec, int days) {
        if (days < 1 || days > 36_500) {
            throw new ParameterException(spec.commandLine(), "--days is " + days + "; give 1 to 36500");
        }
    }
}
