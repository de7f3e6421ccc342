package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which names Jakarta Messaging allows for properties: identifiers of its selectors. */
final class PropertyNames {

    private static final Set<String> RESERVED =
            Set.of("NULL", "TRUE", "FALSE", "NOT", "AND", "OR", "BETWEEN", "LIKE", "IN", "IS", "ESCAPE");

    private PropertyNames() {}

    /** The names of a message's properties. */
    static List<String> of(Message message) throws JMSException {
        return texts(message.getPropertyNames());
    }

    /** The names in a map message. */
    static List<String> in(MapMessage message) throws JMSException {
        return texts(message.getMapNames());
    }

    private static List<String> texts(Enumeration<?> names) {
        List<String> texts = new ArrayList<>();
        while (names.hasMoreElements()) {
            texts.add((String) names.nextElement());
        }
        return texts;
    }

    static void require(String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("A property has a name");
        }
        if (!Character.isJavaIdentifierStart(name.charAt(0))
                || RESERVED.contains(name.toUpperCase(Locale.ROOT))
                || (name.startsWith("JMS") && !name.startsWith("JMSX") && !name.startsWith("JMS_"))) {
            throw new JMSException("'" + name + "' is not the name of a property");
        }
    }
}
