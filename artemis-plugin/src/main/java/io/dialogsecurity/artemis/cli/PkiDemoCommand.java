package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes everything for a trial. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Make everything for a trial: an authority, a key and certificate for each service, and a"
                    + " dialog-security.xml for each service and for the broker.",
            "",
            "Of each service it is assumed that it receives on addresses that begin with its name."
        })
final class PkiDemoCommand implements Callable<Integer> {

    private static final int AUTHORITY_DAYS = 3650;
    private static final Set<String> TAKEN = Set.of("broker", "pki");

    @Spec
    private CommandSpec spec;

    @Mixin
    private SuiteOption suite;

    @Option(
            names = "--services",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "The services, separated by commas.")
    private List<String> services;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "dialog-security-demo",
            description = "A new directory for all of it. Default: ${DEFAULT-VALUE}.")
    private Path out;

    @Option(
            names = "--days",
            paramLabel = "DAYS",
            defaultValue = "365",
            description = "Days the services' certificates are valid. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Override
    public Integer call() throws IOException {
        PkiDirectoryOption.requirePositive(spec, days);
        if (days > AUTHORITY_DAYS) {
            throw new ParameterException(
                    spec.commandLine(), "--days is " + days + "; the authority itself lasts " + AUTHORITY_DAYS);
        }
        Set<ServiceName> names = new LinkedHashSet<>();
        for (String service : services) {
            if (TAKEN.contains(service)) {
                throw new ParameterException(
                        spec.commandLine(), "'" + service + "' is the name of a directory here; choose another");
            }
            if (!names.add(PkiFiles.serviceName(service))) {
                throw new ParameterException(spec.commandLine(), "'" + service + "' is named twice");
            }
        }
        Suite chosen = suite.suite(spec);
        PkiFiles.requireAbsent(out.resolve("pki"));
        PkiFiles files = new PkiFiles(out.resolve("pki"));
        DemoAuthority authority = DemoAuthority.create(files, "Dialog Security Demo Authority", AUTHORITY_DAYS, null);
        for (ServiceName name : names) {
            authority.issue(name, chosen, days, files, null);
        }
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.printf("Made the authority and %d services in %s.%n", names.size(), files.directory());
        for (ServiceName name : names) {
            Path file = write(name.value(), ConfigurationSkeleton.forService(name, names, chosen));
            terminal.printf("  %-20s %s%n", name, file);
        }
        Path file = write("broker", ConfigurationSkeleton.forBroker(names, chosen));
        terminal.printf("  %-20s %s%n", "the broker's guard", file);
        return ExitCode.OK;
    }

    private Path write(String directory, String configuration) throws IOException {
        Path file = out.resolve(directory).resolve("dialog-security.xml");
        Files.createDirectories(file.getParent());
        Files.write(file, configuration.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
        return file;
    }
}
