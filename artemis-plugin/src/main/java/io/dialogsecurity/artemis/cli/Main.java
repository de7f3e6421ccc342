package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.identity.IdentityException;
import io.dialogsecurity.policy.PolicyException;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of Dialog Security. */
@Command(
        name = "dialog-security",
        versionProvider = Main.Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Tools around sealed dialogs over Apache Artemis.",
            "",
            "See what is in an envelope, open one, check a configuration, make keys and certificates for a trial."
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, and the answer is yes",
            "1:done, and the answer is no: an envelope is refused, a configuration is wrong",
            "2:the command line is wrong",
            "3:it cannot be done: a file is missing, a password is wrong"
        },
        footer = {"", "'dialog-security help COMMAND' tells more of each."},
        subcommands = {
            InspectCommand.class,
            OpenCommand.class,
            CheckCommand.class,
            RejectionsCommand.class,
            RedriveCommand.class,
            PkiCommand.class,
            HelpCommand.class
        })
public final class Main implements Runnable {

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where an error comes from, with its stack trace.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    private final InputStream in;
    private final OutputStream rawOut;
    private final UnaryOperator<String> environment;

    private Main(InputStream in, OutputStream rawOut, UnaryOperator<String> environment) {
        this.in = in;
        this.rawOut = rawOut;
        this.environment = environment;
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        Console console = System.console();
        System.exit(run(
                args,
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                console == null ? Charset.defaultCharset() : console.charset(),
                System::getenv));
    }

    /** Runs a command. */
    static int run(
            String[] args,
            InputStream in,
            OutputStream out,
            OutputStream err,
            Charset charset,
            UnaryOperator<String> environment) {
        PrintWriter outWriter = new PrintWriter(new OutputStreamWriter(out, charset));
        PrintWriter errWriter = new PrintWriter(new OutputStreamWriter(err, charset));
        int exitCode = new CommandLine(new Main(in, out, environment))
                .setOut(outWriter)
                .setErr(errWriter)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpLongOptionsMaxWidth(32)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler(Main::failed)
                .execute(args);
        outWriter.flush();
        errWriter.flush();
        return exitCode;
    }

    /** Without a command: what there is. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** The command line a command belongs to. */
    static Main of(CommandSpec command) {
        return (Main) command.root().userObject();
    }

    /** Standard input, as bytes. */
    InputStream in() {
        return in;
    }

    /** Standard output, for bytes that are no text. Flush the writer before. */
    OutputStream rawOut() {
        return rawOut;
    }

    /** The value of an environment variable, or null. */
    String environment(String variable) {
        return environment.apply(variable);
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("dialog-security: " + oneLine(e.getMessage()));
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for what it takes.");
        if (verbose(command)) {
            e.printStackTrace(command.getErr());
        }
        return ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        command.getOut().flush();
        command.getErr().println("dialog-security: " + oneLine(messageOf(e)));
        if (verbose(command)) {
            e.printStackTrace(command.getErr());
        }
        return e instanceof CommandFailure failure ? failure.exitCode() : ExitCode.FAILED;
    }

    private static boolean verbose(CommandLine command) {
        return of(command.getCommandSpec()).verbose;
    }

    private static String messageOf(Exception e) {
        if (e instanceof CommandFailure || e instanceof IdentityException || e instanceof PolicyException) {
            return e.getMessage();
        }
        if (e instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile() + ": " + reasonOf(file);
        }
        if (e instanceof IOException) {
            return "cannot read or write: " + e.getMessage();
        }
        return "internal error: " + e + "; --verbose shows where, please report it";
    }

    private static String reasonOf(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "does not exist; check the path";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "exists already; remove it, or choose another place";
        }
        if (e instanceof AccessDeniedException) {
            return "may not be accessed; check its permissions";
        }
        if (e instanceof NotDirectoryException) {
            return "is no directory; choose another place";
        }
        return e.getReason() == null ? "cannot be read or written" : e.getReason();
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }

    /** The version of the jar this runs from. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"dialog-security " + (version == null ? "(not packaged)" : version)};
        }
    }
}
