package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;

/**
 * Which classes the object of a message may be made of. An authentic sender is not a reason to run whatever its bytes
 * construct, so the filter is closed by default: classes of {@code java.lang}, {@code java.util}, {@code java.math} and
 * {@code java.time} themselves, the packages in the system property {@value #PROPERTY} (a list separated by commas, with
 * the packages below them), and nothing else. A filter the application gives replaces it. The JVM's own filter applies
 * in addition.
 */
final class TrustedObjects {

    static final String PROPERTY = "dialogsecurity.trustedPackages";

    private static final String LIMITS = "maxdepth=64;maxrefs=1000000;maxarray=10000000;";
    private static final String BASICS = "java.lang.*;java.util.*;java.math.*;java.time.*;";

    private final ObjectInputFilter filter;

    TrustedObjects(ObjectInputFilter filter) {
        this.filter = filter;
    }

    static TrustedObjects byDefault() {
        StringBuilder pattern = new StringBuilder(LIMITS).append(BASICS);
        for (String name : System.getProperty(PROPERTY, "").split(",", -1)) {
            if (!name.isBlank()) {
                pattern.append(name.strip()).append(".**;");
            }
        }
        return new TrustedObjects(
                ObjectInputFilter.Config.createFilter(pattern.append("!*").toString()));
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
            in.setObjectInputFilter(filter);
            return (Serializable) in.readObject();
        } catch (InvalidClassException e) {
            throw Failures.linked(
                    new MessageFormatException("The object is made of classes that are not trusted; name their packages"
                            + " in the system property " + PROPERTY + ", or give the connection factory a filter"),
                    e);
        } catch (IOException | ClassNotFoundException | ClassCastException e) {
            throw Failures.linked(new MessageFormatException("The object cannot be made"), e);
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
