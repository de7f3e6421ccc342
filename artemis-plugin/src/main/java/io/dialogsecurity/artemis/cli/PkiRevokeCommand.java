package io.dialogsecurity.artemis.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Revokes a certificate. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Add a certificate to the authority's revocation list, root.crl.",
            "",
            "Brokers and services that have the list in dialog-security.xml take it up while running."
        })
final class PkiRevokeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PkiDirectoryOption directory;

    @Parameters(
            paramLabel = "SERVICE",
            description = "A service with its certificate in the authority's directory, or a file with a certificate.")
    private String which;

    @Option(
            names = "--authority-password-file",
            paramLabel = "FILE",
            description = "The authority's password, if it is not in authority.password.")
    private Path authorityPassword;

    @Override
    public Integer call() throws IOException {
        PkiFiles files = directory.files();
        Path certificate = Files.isRegularFile(Path.of(which)) ? Path.of(which) : files.certificate(which);
        DemoAuthority authority =
                DemoAuthority.open(files, authorityPassword == null ? null : PasswordOptions.read(authorityPassword));
        int revoked = authority.revoke(certificate);
        spec.commandLine()
                .getOut()
                .printf("Revoked the certificate in %s; %s now has %d.%n", certificate, files.revocations(), revoked);
        return ExitCode.OK;
    }
}
