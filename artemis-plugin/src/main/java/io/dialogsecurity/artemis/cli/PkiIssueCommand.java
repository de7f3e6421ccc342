package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Issues a service's identity. */
@Command(
        name = "issue",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Make a service's key and certificate: SERVICE.p12 for the service, SERVICE.pem for those who seal to it.",
            "",
            "Without a password option a password is drawn and kept in SERVICE.password."
        })
final class PkiIssueCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private PkiDirectoryOption directory;

    @Mixin
    private SuiteOption suite;

    @Mixin
    private PasswordOptions password;

    @Parameters(paramLabel = "SERVICE", description = "The service's name.")
    private String service;

    @Option(
            names = "--days",
            paramLabel = "DAYS",
            defaultValue = "365",
            description = "Days the certificate is valid. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the files go. Default: the authority's directory.")
    private Path out;

    @Option(
            names = "--authority-password-file",
            paramLabel = "FILE",
            description = "The authority's password, if it is not in authority.password.")
    private Path authorityPassword;

    @Override
    public Integer call() throws IOException {
        ServiceName name = PkiFiles.serviceName(service);
        Suite chosen = suite.suite(spec);
        PkiDirectoryOption.requirePositive(spec, days);
        DemoAuthority authority = DemoAuthority.open(
                directory.files(), authorityPassword == null ? null : PasswordOptions.read(authorityPassword));
        PkiFiles into = out == null ? directory.files() : new PkiFiles(out);
        ServiceCertificate certificate =
                authority.issue(name, chosen, days, into, password.readNew(Main.of(spec), service));
        spec.commandLine()
                .getOut()
                .printf(
                        "Issued a certificate to %s, valid to %s.%n  key store   %s%n  certificate %s%n  fingerprint %s%n",
                        name,
                        certificate.notAfter(),
                        into.keyStore(service),
                        into.certificate(service),
                        certificate.fingerprintHex());
        return ExitCode.OK;
    }
}
