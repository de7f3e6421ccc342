package io.dialogsecurity.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An element of the file and where it starts. Not a record: its attributes may be passwords, which no one prints. */
final class XmlElement {
    private final String name;
    private final Map<String, String> attributes;
    private final List<XmlElement> children = new ArrayList<>();
    private final int line;
    private final int column;

    XmlElement(String name, Map<String, String> attributes, int line, int column) {
        this.name = name;
        this.attributes = Map.copyOf(attributes);
        this.line = line;
        this.column = column;
    }

    void add(XmlElement child) {
        children.add(child);
    }

    String name() {
        return name;
    }

    Map<String, String> attributes() {
        return attributes;
    }

    List<XmlElement> children() {
        return children;
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    /** A required attribute: the grammar has seen to it that it is there. */
    String required(String attribute) {
        return attributes.get(attribute);
    }

    Optional<String> optional(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    List<XmlElement> children(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).toList();
    }

    Optional<XmlElement> child(String childName) {
        return children(childName).stream().findFirst();
    }
}
