package io.dialogsecurity.policy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Turns the file's bytes into elements the grammar allows. No document type, no entities, nothing fetched from
 * anywhere: the JDK's own parsers are asked for by name, whatever else is on the class path.
 */
final class PolicyXml {
    static final String NAMESPACE = "urn:dialog-security:1";

    /** Largest file read: some ten thousand addresses. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final Path file;
    private final byte[] content;

    private final XmlElement root;

    private PolicyXml(Path file, byte[] content) {
        this.file = file;
        this.content = content;
        this.root = parse();
    }

    /** The elements of the file, which satisfy the grammar. */
    static PolicyXml read(Path file) {
        return new PolicyXml(file, load(file));
    }

    XmlElement root() {
        return root;
    }

    private static byte[] load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new PolicyException(
                        file, 0, 0, "is larger than " + MAX_BYTES + " bytes; use wildcards for addresses", null);
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new PolicyException(file, 0, 0, "does not exist; correct the path or create the file", e);
        } catch (IOException e) {
            throw new PolicyException(file, 0, 0, "cannot be read; give a file that this process's user may read", e);
        }
    }

    private XmlElement parse() {
        Deque<XmlElement> open = new ArrayDeque<>();
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        try {
            return parse(factory.createXMLStreamReader(new ByteArrayInputStream(content)), open);
        } catch (XMLStreamException e) {
            Location at = e.getLocation();
            throw new PolicyException(
                    file,
                    at == null ? 0 : Math.max(at.getLineNumber(), 0),
                    at == null ? 0 : Math.max(at.getColumnNumber(), 0),
                    "is not well-formed XML"
                            + (open.isEmpty() ? "" : " in <" + open.peek().name() + ">") + "; correct it here",
                    // Without the parser's message, which may quote a piece of an attribute, so of a password.
                    null);
        }
    }

    private XmlElement parse(XMLStreamReader reader, Deque<XmlElement> open) throws XMLStreamException {
        XmlElement outermost = null;
        int previous = XMLStreamConstants.START_DOCUMENT;
        while (reader.hasNext()) {
            Location before = reader.getLocation();
            int event = reader.next();
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> {
                    XmlElement element = start(reader, before, previous, open.peek());
                    if (open.isEmpty()) {
                        outermost = element;
                    } else {
                        open.peek().add(element);
                    }
                    open.push(element);
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    XmlElement element = open.pop();
                    PolicyGrammar.problemWithContent(element).ifPresent(problem -> fail(element, problem));
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (!reader.isWhiteSpace()) {
                        XmlElement element = open.peek();
                        fail(element, "text in <" + element.name() + ">; use its attributes, or make it a comment");
                    }
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new PolicyException(
                            file,
                            reader.getLocation().getLineNumber(),
                            reader.getLocation().getColumnNumber(),
                            "has a document type or an entity; remove it, the file needs none",
                            null);
                default -> {
                    // Comments and processing instructions say nothing to us.
                }
            }
            previous = event;
        }
        return outermost;
    }

    private XmlElement start(XMLStreamReader reader, Location before, int previous, XmlElement parent) {
        Map<String, String> attributes = new HashMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String namespace = reader.getAttributeNamespace(i);
            if (namespace == null || namespace.isEmpty()) {
                attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
            } else if (!namespace.equals(XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI)) {
                attributes.put(
                        reader.getAttributePrefix(i) + ":" + reader.getAttributeLocalName(i),
                        reader.getAttributeValue(i));
            }
        }
        XmlElement element = parent == null
                ? new XmlElement(
                        reader.getLocalName(),
                        attributes,
                        reader.getLocation().getLineNumber(),
                        reader.getLocation().getColumnNumber())
                : new XmlElement(
                        reader.getLocalName(), attributes, before.getLineNumber(), startColumn(before, previous));
        boolean ours = NAMESPACE.equals(reader.getNamespaceURI());
        if (parent == null && !(ours && element.name().equals(PolicyGrammar.ROOT))) {
            fail(
                    element,
                    "<" + element.name() + "> is not the root of such a file; start it with <" + PolicyGrammar.ROOT
                            + " xmlns=\"" + NAMESPACE + "\">");
        }
        if (parent != null) {
            String name = ours ? element.name() : reader.getName().toString();
            PolicyGrammar.problemWithName(parent, name).ifPresent(problem -> fail(element, problem));
        }
        PolicyGrammar.problemWithAttributes(element).ifPresent(problem -> fail(element, problem));
        return element;
    }

    /**
     * The reader knows where its last event ended, which is where the element starts; only after text it has read the
     * '<' as well.
     */
    private static int startColumn(Location before, int previous) {
        return previous == XMLStreamConstants.CHARACTERS ? before.getColumnNumber() - 1 : before.getColumnNumber();
    }

    private void fail(XmlElement element, String problem) {
        throw new PolicyException(file, element.line(), element.column(), problem, null);
    }

    /** The last word: refuses what the readers of elements and attributes overlooked. */
    void validate() {
        try {
            Validator validator = SchemaHolder.SCHEMA.newValidator();
            validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            validator.validate(new StreamSource(new ByteArrayInputStream(content)));
        } catch (SAXParseException e) {
            throw new PolicyException(
                    file,
                    e.getLineNumber(),
                    e.getColumnNumber(),
                    "does not follow dialog-security.xsd; look up there what is allowed here",
                    e);
        } catch (SAXException | IOException e) {
            throw new PolicyException(file, 0, 0, "cannot be validated; correct it after dialog-security.xsd", e);
        }
    }

    /** A schema is thread-safe and slow to make. */
    private static final class SchemaHolder {
        static final Schema SCHEMA = schema();

        private static Schema schema() {
            URL xsd = PolicyXml.class.getResource("dialog-security.xsd");
            if (xsd == null) {
                throw new IllegalStateException("dialog-security.xsd is missing in this jar");
            }
            try {
                SchemaFactory factory = SchemaFactory.newDefaultInstance();
                factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
                factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
                factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
                try (InputStream in = xsd.openStream()) {
                    return factory.newSchema(new StreamSource(in));
                }
            } catch (SAXException | IOException e) {
                throw new IllegalStateException("dialog-security.xsd is no schema", e);
            }
        }
    }
}
