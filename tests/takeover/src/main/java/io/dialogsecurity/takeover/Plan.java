package io.dialogsecurity.takeover;

import java.nio.file.Path;

/**
 * What all processes of a run have to agree on.
 *
 * @param directory where everything of the run is kept
 * @param rate messages a second that a sender begins in each lane
 * @param coreUrl of the brokers, for the Artemis client
 * @param amqpUrl of the brokers, for Qpid JMS
 */
record Plan(Path directory, double rate, String coreUrl, String amqpUrl) {

    /** As arguments of a process. */
    String[] toArguments() {
        return new String[] {directory.toString(), Double.toString(rate), coreUrl, amqpUrl};
    }

    /** The reverse of {@link #toArguments()}. */
    static Plan fromArguments(String... arguments) {
        return new Plan(Path.of(arguments[0]), Double.parseDouble(arguments[1]), arguments[2], arguments[3]);
    }

    static Path instances(Path directory) {
        return directory.resolve("instances");
    }

    /** Where an instance keeps ledgers and state; one that follows it on the machine goes on from there. */
    static Path home(Path directory, String instance) {
        return instances(directory).resolve(instance);
    }

    /** An instance's configuration. */
    static Path configuration(Path directory, String instance) {
        return home(directory, instance).resolve("dialog-security.xml");
    }

    /** Of a user at the brokers. */
    static String password(String user) {
        return user + "-pw";
    }
}
