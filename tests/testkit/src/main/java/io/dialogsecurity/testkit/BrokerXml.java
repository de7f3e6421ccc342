package io.dialogsecurity.testkit;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The {@code broker.xml} that {@code artemis create} wrote, to be changed here and there. */
final class BrokerXml {

    private static final String CORE = "urn:activemq:core";

    private final Document document;
    private final Element core;

    private BrokerXml(Document document) {
        this.document = document;
        this.core = (Element) document.getElementsByTagNameNS(CORE, "core").item(0);
    }

    static BrokerXml read(Path file) throws IOException {
        try {
            return new BrokerXml(builder().parse(file.toFile()));
        } catch (SAXException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    private static DocumentBuilder builder() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            return factory.newDocumentBuilder();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    void write(Path file) throws IOException {
        try {
            Path scratch = file.resolveSibling(file.getFileName() + ".new");
            TransformerFactory.newInstance()
                    .newTransformer()
                    .transform(new DOMSource(document), new StreamResult(scratch.toFile()));
            Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (TransformerException e) {
            throw new IOException(file + " cannot be written", e);
        }
    }

    /** Sets a simple element of the core configuration, replacing what was there. */
    void set(String element, String text) {
        section(element).setTextContent(text);
    }

    void replaceAcceptors(Map<String, String> urlByName) {
        Element acceptors = section("acceptors");
        empty(acceptors);
        urlByName.forEach((name, url) -> {
            Element acceptor = append(acceptors, "acceptor");
            acceptor.setAttribute("name", name);
            acceptor.setTextContent(url);
        });
    }

    /**
     * Adds an acceptor with the parameters of another one, at another port.
     *
     * @param lockCoordinatorOrNull whose lock has to be held for it to be open, or null
     */
    void addAcceptorLike(String existing, String name, int port, String lockCoordinatorOrNull) {
        Element acceptors = section("acceptors");
        for (Node node = acceptors.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element other && existing.equals(other.getAttribute("name"))) {
                Element acceptor = document.createElementNS(CORE, "acceptor");
                acceptor.setAttribute("name", name);
                if (lockCoordinatorOrNull != null) {
                    acceptor.setAttribute("lock-coordinator", lockCoordinatorOrNull);
                }
                acceptor.setTextContent(other.getTextContent().replaceFirst(":\\d+", ":" + port));
                acceptors.appendChild(acceptor);
                return;
            }
        }
        throw new IllegalArgumentException("no acceptor " + existing);
    }

    void addLockCoordinator(
            String name, String className, String lockId, int checkPeriodMillis, Map<String, String> properties) {
        Element coordinator = append(section("lock-coordinators"), "lock-coordinator");
        coordinator.setAttribute("name", name);
        append(coordinator, "lock-id").setTextContent(lockId);
        append(coordinator, "class-name").setTextContent(className);
        append(coordinator, "check-period").setTextContent(Integer.toString(checkPeriodMillis));
        Element all = append(coordinator, "properties");
        properties.forEach((key, value) -> {
            Element property = append(all, "property");
            property.setAttribute("key", key);
            property.setAttribute("value", value);
        });
    }

    /** Adds a connection over which everything is mirrored to another broker. */
    void addMirror(String name, String url, String user, String password, int retryMillis, boolean sync) {
        Element connection = append(section("broker-connections"), "amqp-connection");
        connection.setAttribute("name", name);
        connection.setAttribute("uri", url);
        connection.setAttribute("user", user);
        connection.setAttribute("password", password);
        connection.setAttribute("retry-interval", Integer.toString(retryMillis));
        append(connection, "mirror").setAttribute("sync", Boolean.toString(sync));
    }

    void addSecuritySetting(String match, Map<String, String> rolesByPermission) {
        Element setting = append(section("security-settings"), "security-setting");
        setting.setAttribute("match", match);
        rolesByPermission.forEach((type, roles) -> {
            Element permission = append(setting, "permission");
            permission.setAttribute("type", type);
            permission.setAttribute("roles", roles);
        });
    }

    /** Adds to what more general matches say; the broker merges them element by element. */
    void addAddressSetting(String match, Map<String, String> values) {
        Element setting = append(section("address-settings"), "address-setting");
        setting.setAttribute("match", match);
        values.forEach((name, text) -> append(setting, name).setTextContent(text));
    }

    void addAddress(String name, String routingType, String... queues) {
        Element address = append(section("addresses"), "address");
        address.setAttribute("name", name);
        Element routing = append(address, routingType);
        for (String queue : queues) {
            append(routing, "queue").setAttribute("name", queue);
        }
    }

    void addDivert(String name, String address, String forwardTo) {
        Element divert = append(section("diverts"), "divert");
        divert.setAttribute("name", name);
        append(divert, "address").setTextContent(address);
        append(divert, "forwarding-address").setTextContent(forwardTo);
        append(divert, "exclusive").setTextContent("false");
    }

    /**
     * Adds elements to the core configuration; what is in one that is there already is added to it.
     *
     * @throws IllegalArgumentException if it is not well-formed
     */
    void merge(String elements) {
        Document more;
        try {
            more = builder()
                    .parse(new InputSource(new StringReader("<core xmlns=\"" + CORE + "\">" + elements + "</core>")));
        } catch (IOException | SAXException e) {
            throw new IllegalArgumentException(elements, e);
        }
        for (Node node = more.getDocumentElement().getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element added) {
                Element section = section(added.getLocalName());
                NamedNodeMap attributes = added.getAttributes();
                for (int i = 0; i < attributes.getLength(); i++) {
                    section.setAttribute(
                            attributes.item(i).getNodeName(), attributes.item(i).getNodeValue());
                }
                for (Node child = added.getFirstChild(); child != null; child = child.getNextSibling()) {
                    section.appendChild(document.importNode(child, true));
                }
            }
        }
    }

    /** Makes it one of two brokers with the same files, of which the one that has the lock in them is active. */
    void setSharedStore(boolean primary) {
        Element policy = section("ha-policy");
        empty(policy);
        Element role = append(append(policy, "shared-store"), primary ? "primary" : "backup");
        if (!primary) {
            append(role, "allow-failback").setTextContent("true");
        }
    }

    void addPlugin(String className, Map<String, String> properties) {
        Element plugin = append(section("broker-plugins"), "broker-plugin");
        plugin.setAttribute("class-name", className);
        properties.forEach((key, value) -> {
            Element property = append(plugin, "property");
            property.setAttribute("key", key);
            property.setAttribute("value", value);
        });
    }

    void setMetricsPlugin(String className) {
        Element metrics = section("metrics");
        empty(metrics);
        append(metrics, "plugin").setAttribute("class-name", className);
    }

    private Element section(String name) {
        for (Node node = core.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (name.equals(node.getLocalName())) {
                return (Element) node;
            }
        }
        return append(core, name);
    }

    private Element append(Element parent, String name) {
        Element element = document.createElementNS(CORE, name);
        parent.appendChild(element);
        return element;
    }

    private static void empty(Element element) {
        while (element.getFirstChild() != null) {
            element.removeChild(element.getFirstChild());
        }
    }
}
