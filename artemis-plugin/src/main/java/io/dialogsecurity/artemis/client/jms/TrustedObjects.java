package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;

/**
 * Which classes the object of a message may be made of, and how much making it may cost, see {@link ObjectCost}. An
 * authentic sender is not a reason to run whatever its bytes construct, so the filter is closed by default: classes of {@code java.lang}, {@code java.util}, {@code java.math} and
 * {@code java.time} themselves, the packages in the system property {@value #PROPERTY} (a list separated by commas, with
 * the packages below them), what the provider's connection factory was told to allow, and nothing else. What the provider was
 * told to deny is not made in any case. A filter the application gives replaces it; what an object may
 * cost is asked all the same. The JVM's own filter applies
 * in addition.
 */
final class TrustedObjects {

    static final String PROPERTY = "dialogsecurity.trustedPackages";

    private static final String LIMITS = "maxdepth=" + ObjectCost.MOST_DEPTH + ";";

    /** A list of copies says in a few bytes that it is as long as it likes. */
    private static final String BASICS =
            "!java.util.Collections$CopiesList;java.lang.*;java.util.*;java.math.*;java.time.*;";

    /** A table that is made for some content has room for several times as much. */
    private static final long ROOM_OF_TABLES = 16;

    private static final long SMALL_ARRAY = 4_096;

    private final ObjectInputFilter filter;

    TrustedObjects(ObjectInputFilter filter) {
        this.filter = filter;
    }

    static TrustedObjects byDefault() {
        return byDefault(ProviderSettings.ObjectLists.NONE);
    }

    /** @param lists what the provider was told, in addition to what is trusted anyway */
    static TrustedObjects byDefault(ProviderSettings.ObjectLists lists) {
        StringBuilder pattern = new StringBuilder(LIMITS).append(BASICS);
        for (String name : System.getProperty(PROPERTY, "").split(",", -1)) {
            if (!name.isBlank()) {
                pattern.append(name.strip()).append(".**;");
            }
        }
        ObjectInputFilter limits = ObjectInputFilter.Config.createFilter(LIMITS);
        ObjectInputFilter classes =
                ObjectInputFilter.Config.createFilter(pattern.append("!*").toString());
        return new TrustedObjects(info -> {
            String name = elementName(info.serialClass());
            if (name == null || limits.checkInput(info) == Status.REJECTED) {
                return classes.checkInput(info);
            }
            if (lists.denies(name)) {
                return Status.REJECTED;
            }
            return lists.allows(name) ? Status.ALLOWED : classes.checkInput(info);
        });
    }

    /** The class whose name counts; null if there is none, or a primitive one. */
    private static String elementName(Class<?> classOrNull) {
        Class<?> element = classOrNull;
        while (element != null && element.isArray()) {
            element = element.getComponentType();
        }
        return element == null || element.isPrimitive() ? null : element.getName();
    }

    static byte[] write(Serializable object) throws JMSException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException e) {
            throw Failures.linked(new MessageFormatException("The object cannot be serialized"), e);
        }
        return bytes.toByteArray();
    }

    Serializable read(byte[] serialized) throws JMSException {
        try (ObjectInputStream in = new ContextObjectInputStream(new ByteArrayInputStream(serialized))) {
            ObjectCost.require(serialized);
            ClaimedElements claimed = new ClaimedElements(serialized.length);
            in.setObjectInputFilter(info -> claimed.tooMany(info) ? Status.REJECTED : check(info));
            return (Serializable) in.readObject();
        } catch (ObjectCost.TooExpensiveException e) {
            throw Failures.linked(
                    new MessageFormatException("The object is not made: " + e.getMessage()
                            + "; have its sender name each part less often, or send text or bytes"),
                    e);
        } catch (InvalidClassException e) {
            throw Failures.linked(
                    new MessageFormatException("The object is made of classes that are not trusted; name their packages"
                            + " in the system property " + PROPERTY + " or the provider's allow list, or give the"
                            + " connection factory a filter"),
                    e);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw Failures.linked(new MessageFormatException("The object cannot be made"), e);
        } catch (StackOverflowError e) {
            throw (MessageFormatException)
                    new MessageFormatException("The object contains itself, or too many others in one another")
                            .initCause(e);
        }
    }

    /** The class that an object of this name would be of; null if there is none. */
    static Class<?> find(String name) {
        for (ClassLoader loader :
                new ClassLoader[] {Thread.currentThread().getContextClassLoader(), TrustedObjects.class.getClassLoader()
                }) {
            try {
                return Class.forName(name, false, loader);
            } catch (ClassNotFoundException | LinkageError ignored) {
                // the next one may have it
            }
        }
        return null;
    }

    private Status check(ObjectInputFilter.FilterInfo info) {
        return filter == null ? Status.UNDECIDED : filter.checkInput(info);
    }

    /** How many elements all arrays and tables together say they have, which is more than there are bytes for if it is a lie. */
    private static final class ClaimedElements {

        private final long most;
        private long sum;

        ClaimedElements(int bytes) {
            this.most = SMALL_ARRAY + ROOM_OF_TABLES * bytes;
        }

        boolean tooMany(ObjectInputFilter.FilterInfo info) {
            sum += Math.max(0, info.arrayLength());
            return sum > most;
        }
    }

    /** Finds the application's classes where application servers put them. */
    private static final class ContextObjectInputStream extends ObjectInputStream {

        ContextObjectInputStream(InputStream in) throws IOException {
            super(in);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            if (loader != null) {
                try {
                    return Class.forName(description.getName(), false, loader);
                } catch (ClassNotFoundException ignored) {
                    // primitive types, and classes only our own loader knows
                }
            }
            return super.resolveClass(description);
        }
    }
}
