package io.dialogsecurity.artemis.cli;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.net.MalformedURLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a running broker drive back what was dead-lettered or refused. */
@Command(
        name = "redrive",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Move dead letters, or what is in quarantine, back to where it was sealed for.",
            "",
            "Each message is judged again by certificates, revocations and policy as they are now, its age as of when it came."
                    + " What is still refused stays, with its reason in the output; exit code 1 tells of it. A message is moved in"
                    + " one transaction, its ciphertext unchanged."
        })
final class RedriveCommand implements Callable<Integer> {

    private static final String BEAN = "org.apache.activemq.artemis:broker=%s,component=dialog-security";

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Where where;

    private static final class Where {
        @Option(
                names = "--pid",
                paramLabel = "PID",
                description = "The process of the broker, on this machine and of the same user.")
        private String pid;

        @Option(
                names = "--jmx",
                paramLabel = "URL",
                description = "The broker's JMX connector (see management.xml), such as"
                        + " service:jmx:rmi:///jndi/rmi://host:1099/jmxrmi.")
        private String url;
    }

    @Option(names = "--user", paramLabel = "NAME", description = "Log in to the JMX connector as this user.")
    private String user;

    @Mixin
    private PasswordOptions password;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            description = "The name of the broker, where several run in one process.")
    private String broker;

    @Option(
            names = "--filter",
            paramLabel = "FILTER",
            description = "Only messages that a filter, as in broker.xml, matches.")
    private String filter = "";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Only the message with this id. May be given several times.")
    private List<Long> ids = List.of();

    @Parameters(
            paramLabel = "QUEUE",
            description = "The queue that is emptied: a dead letter queue, or the quarantine.")
    private String queue;

    @Override
    public Integer call() throws IOException {
        if (!ids.isEmpty() && !filter.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "--id and --filter exclude each other; give one of them");
        }
        try (JMXConnector connector = connect()) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            ObjectName bean = bean(beans);
            boolean all = true;
            if (ids.isEmpty()) {
                all = print(invoke(beans, bean, "redrive", filter, String.class));
            }
            for (Long id : ids) {
                all &= print(invoke(beans, bean, "redriveMessage", id, long.class));
            }
            return all ? ExitCode.OK : ExitCode.REFUSED;
        }
    }

    /** @return whether nothing stays */
    private boolean print(String[] lines) {
        for (String line : lines) {
            spec.commandLine().getOut().println(Text.printable(line));
        }
        return lines.length == 1;
    }

    @SuppressWarnings("BanJNDI") // the administrator names the broker, nobody else
    private JMXConnector connect() throws IOException {
        try {
            if (where.pid != null) {
                return JMXConnectorFactory.connect(new JMXServiceURL(localUrl()));
            }
            char[] secret = password.read(Main.of(spec), "user " + user);
            try {
                return JMXConnectorFactory.connect(
                        new JMXServiceURL(where.url),
                        user == null
                                ? Map.of()
                                : Map.of(
                                        JMXConnector.CREDENTIALS,
                                        new String[] {user, secret == null ? "" : new String(secret)}));
            } finally {
                if (secret != null) {
                    Arrays.fill(secret, '\0');
                }
            }
        } catch (MalformedURLException e) {
            throw new CommandFailure(ExitCode.FAILED, where.url + " is no JMX URL; it begins with service:jmx:", e);
        } catch (SecurityException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the broker does not let this user in; check --user and the password", e);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the broker cannot be reached: " + e.getMessage() + "; check --pid or --jmx", e);
        }
    }

    private String localUrl() throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(where.pid);
            try {
                return machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "process " + where.pid + " cannot be attached to; give the broker's process, as its own user",
                    e);
        }
    }

    private ObjectName bean(MBeanServerConnection beans) throws IOException {
        try {
            Set<ObjectName> found = beans.queryNames(
                    new ObjectName(BEAN.formatted(broker == null ? "*" : ObjectName.quote(broker))), null);
            if (found.isEmpty()) {
                throw CommandFailure.failed("there is no guarded broker" + (broker == null ? "" : " " + broker)
                        + "; check that the plugin is in its broker.xml");
            }
            if (found.size() > 1) {
                throw CommandFailure.failed("there are several guarded brokers; choose one with --broker");
            }
            return found.iterator().next();
        } catch (JMException e) {
            throw new CommandFailure(ExitCode.FAILED, "the broker " + broker + " cannot be looked for", e);
        }
    }

    private String[] invoke(
            MBeanServerConnection beans, ObjectName bean, String operation, Object argument, Class<?> type)
            throws IOException {
        try {
            return (String[]) beans.invoke(bean, operation, new Object[] {queue, argument}, new String[] {
                String.class.getName(), type.getName()
            });
        } catch (RuntimeMBeanException | MBeanException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, String.valueOf(e.getCause().getMessage()), e);
        } catch (JMException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "the broker's plugin has no redrive; it is an older one: " + e.getMessage(), e);
        }
    }
}
