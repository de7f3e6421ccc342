package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings of the provider's connection factory that mean something for sealed messages, read by the names of its public
 * methods: which provider it is, nobody here knows. Without state.
 */
final class ProviderSettings {

    private static final Logger LOG = LoggerFactory.getLogger(ProviderSettings.class);

    private static final String EVERYTHING = "*";

    private ProviderSettings() {}

    /**
     * Which classes objects may be made of, as the provider was told.
     *
     * @param allowed classes and packages with those below them, or everything
     * @param denied the same, and has the last word
     */
    record ObjectLists(List<String> allowed, List<String> denied) {

        static final ObjectLists NONE = new ObjectLists(List.of(), List.of());

        boolean allows(String className) {
            return names(allowed, className);
        }

        boolean denies(String className) {
            return names(denied, className);
        }

        private static boolean names(List<String> list, String className) {
            return list.stream()
                    .anyMatch(entry -> entry.equals(EVERYTHING)
                            || className.equals(entry)
                            || className.startsWith(entry + ".")
                            || className.startsWith(entry + "$"));
        }
    }

    /** The lists of Artemis, {@code deserializationAllowList}, or of Qpid, {@code jms.deserializationPolicy.allowList}. */
    static ObjectLists objectLists(ConnectionFactory factory) {
        Object policy = get(factory, "getDeserializationPolicy");
        if (policy == null) {
            return new ObjectLists(
                    words(get(factory, "getDeserializationAllowList")),
                    words(get(factory, "getDeserializationDenyList")));
        }
        // Qpid allows everything when nobody has said anything, which is not to be taken for a word of the
        // application's.
        List<String> allowed = words(get(policy, "getAllowList")).stream()
                .filter(entry -> !entry.equals(EVERYTHING))
                .toList();
        return new ObjectLists(allowed, words(get(policy, "getDenyList")));
    }

    private static List<String> words(Object listOrNull) {
        return listOrNull instanceof String text
                ? Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(word -> !word.isEmpty())
                        .toList()
                : List.of();
    }

    /**
     * Sees to it that the provider compresses nothing. What is sealed does not become smaller, and neither a guard nor a
     * receiver looks for an envelope in what is compressed.
     *
     * @throws JMSException if the factory cannot be changed any more
     */
    static void requireUncompressed(ConnectionFactory factory) throws JMSException {
        if (!Boolean.TRUE.equals(get(factory, "isCompressLargeMessage"))) {
            return;
        }
        try {
            factory.getClass()
                    .getMethod("setCompressLargeMessage", boolean.class)
                    .invoke(factory, false);
            LOG.warn("compressLargeMessage is switched off: what is sealed does not become smaller; take it out of the"
                    + " connection URL");
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw Failures.linked(
                    new JMSException("Sealed messages cannot be compressed; take compressLargeMessage out of the"
                            + " connection URL"),
                    e);
        }
    }

    /** What a public method without parameters answers; null if there is none. */
    private static Object get(Object of, String method) {
        try {
            return of.getClass().getMethod(method).invoke(of);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // another provider
        }
    }
}
