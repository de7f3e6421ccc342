package io.dialogsecurity.artemis.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the authority. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Make an authority: authority.p12 (its key), root.pem (for everybody's trust), root.crl (revocations).",
            "",
            "Without a password option a password is drawn and kept in authority.password."
        })
final class PkiInitCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PkiDirectoryOption directory;

    @Mixin
    private PasswordOptions password;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "Dialog Security Demo Authority",
            description = "The authority's name. Default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(
            names = "--days",
            paramLabel = "DAYS",
            defaultValue = "3650",
            description = "Days its certificate is valid. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Override
    public Integer call() throws IOException {
        PkiFiles files = directory.files();
        PkiDirectoryOption.requirePositive(spec, days);
        DemoAuthority.create(files, name, days, password.readNew(Main.of(spec), name));
        spec.commandLine()
                .getOut()
                .printf(
                        "Made the authority '%s'.%n  key          %s%n  trust anchor %s%n  revocations  %s%n",
                        Text.printable(name), files.authority(), files.root(), files.revocations());
        return ExitCode.OK;
    }
}
