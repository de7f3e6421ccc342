package io.dialogsecurity.artemis.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Keys and certificates for a trial. */
@Command(
        name = "pki",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Make keys and certificates for a trial: an authority, and services it issues certificates to.",
            "",
            "For production use your organisation's authority. Private keys and passwords are in files only this user"
                    + " may read; no password is printed, and none is taken from the command line."
        },
        subcommands = {
            PkiDemoCommand.class,
            PkiInitCommand.class,
            PkiIssueCommand.class,
            PkiRevokeCommand.class,
            CommandLine.HelpCommand.class
        })
final class PkiCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
