package io.dialogsecurity.policy;

import static io.dialogsecurity.policy.PolicyFixture.END;
import static io.dialogsecurity.policy.PolicyFixture.MINIMAL;
import static io.dialogsecurity.policy.PolicyFixture.NOW;
import static io.dialogsecurity.policy.PolicyFixture.START;
import static io.dialogsecurity.policy.PolicyFixture.reader;
import static io.dialogsecurity.policy.PolicyFixture.readerAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dialogsecurity.identity.CertificateAuthority;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.SAXException;

/** Each wrong file gives one line with file, place, what is wrong and the remedy. */
class PolicyErrorTest {
    @TempDir
    static Path directory;

    private static PolicyFixture fixture;

    @BeforeAll
    static void makeFiles() throws IOException {
        fixture = new PolicyFixture(directory);
        fixture.issue("shipping", START, NOW.minusSeconds(1)).writeCertificate(fixture.file("pki/expired.pem"));
        fixture.issue("order-entry", NOW.plusSeconds(121), END).writePem(fixture.file("pki/early-key.pem"));
        fixture.issue("order-entry", START, NOW.minusSeconds(1)).writePem(fixture.file("pki/expired-key.pem"));
        fixture.orderEntry.writePem(fixture.file("pki/twin.pem"));
        CertificateAuthority.root("Old Root", START, NOW.minusSeconds(1)).writeCertificate(fixture.file("pki/old.pem"));
        CertificateAuthority stranger = CertificateAuthority.root("Sample Root", START, END);
        stranger.writeCertificate(fixture.file("pki/stranger.pem"));
        CertificateAuthority.writeCrl(fixture.file("pki/stranger.crl"), stranger.revoke(List.of(), START, END));
        Files.writeString(fixture.file("pki/not-utf8"), "\u00e4", StandardCharsets.ISO_8859_1);
    }

    /**
     * One thing wrong.
     *
     * @param find what of the minimal file is replaced
     * @param line what the error line says after the file; PKI stands for the directory of the keys
     * @param alsoSchema whether the schema alone refuses it too; it cannot see files and names
     */
    record Wrong(String find, String replacement, String line, boolean alsoSchema) {
        String xml() {
            assertThat(MINIMAL).contains(find);
            return MINIMAL.replace(find, replacement);
        }

        @Override
        public String toString() {
            return line;
        }
    }

    private static Wrong structure(String find, String replacement, String line) {
        return new Wrong(find, replacement, line, true);
    }

    private static Wrong meaning(String find, String replacement, String line) {
        return new Wrong(find, replacement, line, false);
    }

    private static Wrong identity(String attributes, String line) {
        return meaning(
                "  <services>",
                "  <identity service=\"order-entry\" " + attributes + "/>\n  <services>",
                "6:3: " + line);
    }

    private static Wrong limits(String element, String line) {
        return meaning("  <addresses>", "  " + element + "\n  <addresses>", "10:3: " + line);
    }

    /** As the content of the address, and with these attributes more. */
    private static Wrong brokerSide(String attributes, String content, String line) {
        return new Wrong(
                "receivers=\"shipping\"/>",
                "receivers=\"shipping\"" + attributes + ">" + content + "</address>",
                line,
                false);
    }

    private static Wrong address(String attributes, String line) {
        return meaning("senders=\"order-entry\" receivers=\"shipping\"", attributes, "11:5: " + line);
    }

    static Stream<Wrong> wrong() {
        return Stream.of(wrongXml(), wrongStructure(), wrongFiles(), wrongValues(), wrongBrokerSide())
                .flatMap(wrongs -> wrongs);
    }

    static Stream<Wrong> wrongXml() {
        return Stream.of(
                structure("</services>", "</service>", "9:5: is not well-formed XML in <services>; correct it here"),
                structure(MINIMAL, "", "1:1: is not well-formed XML; correct it here"),
                structure(
                        "<addresses>",
                        "<addresses>&amp;",
                        "10:3: text in <addresses>; use its attributes, or make" + " it a comment"),
                structure(
                        "<addresses>",
                        "<addresses><![CDATA[x]]>",
                        "10:3: text in <addresses>; use its attributes," + " or make it a comment"),
                structure(
                        "match=\"orders.#\"",
                        "match=\"&orders;\"",
                        "11:29: is not well-formed XML in <addresses>; correct it here"),
                meaning(
                        "<dialog-security xmlns",
                        "<!DOCTYPE dialog-security [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\n<dialog-security xmlns",
                        "2:70: has a document type or an entity; remove it, the file needs none"),
                structure(
                        "dialog-security:1\"",
                        "dialog-security:2\"",
                        "2:48: <dialog-security> is not the root of such a file; start it with <dialog-security"
                                + " xmlns=\"urn:dialog-security:1\">"));
    }

    static Stream<Wrong> wrongStructure() {
        return Stream.of(
                structure(
                        "<addresses>",
                        "<adresses/><addresses>",
                        "10:3: <adresses> is not known in <dialog-security>; remove it, known are <trust>, <identity>,"
                                + " <services>, <suites>, <limits>, <caches>, <state>, <quarantine>, <addresses>"),
                structure(
                        "<anchor file=\"pki/root.pem\"/>",
                        "<anchor file=\"pki/root.pem\"><x/></anchor>",
                        "4:33: <x> is not known in <anchor>; remove it, it has no elements"),
                structure(
                        "<addresses>",
                        "<addresses><x:address xmlns:x='urn:x'/>",
                        "10:14: <{urn:x}address> is not known in <addresses>; remove it, known are <address>"),
                structure(
                        "</trust>",
                        "</trust><trust><anchor file=\"pki/root.pem\"/></trust>",
                        "5:11: <trust> stands in <dialog-security> more than once; keep one"),
                structure(
                        "<addresses>",
                        "<caches/><limits/><addresses>",
                        "10:12: <limits> stands after <caches>; move it before"),
                structure("<anchor file=\"pki/root.pem\"/>", "<!-- none -->", "3:3: <trust> has no <anchor>; add one"),
                structure(
                        "<trust>\n    <anchor file=\"pki/root.pem\"/>\n  </trust>",
                        "",
                        "2:48: <dialog-security> has no <trust>; add one"),
                structure(
                        "<services>",
                        "<services x=\"1\">",
                        "6:3: attribute 'x' is not known in <services>; remove it, known are embed-certificates"),
                structure(
                        "<trust>",
                        "<trust xmlns:x='urn:x' x:y='1'>",
                        "3:3: attribute 'x:y' is not known in <trust>; remove it, known are expiry-warning"),
                structure("action=\"apply\" ", "", "11:5: <address> has no attribute 'action'; add it"));
    }

    static Stream<Wrong> wrongFiles() {
        return Stream.of(
                meaning(
                        "pki/root.pem",
                        "pki/none.pem",
                        "4:5: PKI/none.pem: does not exist; correct the path or create the file"),
                meaning(
                        "pki/root.pem",
                        "pki/order-entry.p12",
                        "4:5: PKI/order-entry.p12: the password is wrong; give the password the file was made with"),
                meaning(
                        "pki/root.pem",
                        "pki/old.pem",
                        "4:5: PKI/old.pem: trust anchor CN=Old Root expired at 2026-03-01T11:59:59Z; replace it by the"
                                + " authority's new one"),
                meaning(
                        "</trust>",
                        "<crl file=\"pki/root.pem\"/></trust>",
                        "5:3: PKI/root.pem: has a block CERTIFICATE in line 1, and is read for revocation lists alone; give"
                                + " the certificate a file of its own"),
                meaning(
                        "</trust>",
                        "<crl file=\"pki/stranger.crl\"/></trust>",
                        "5:3: PKI/stranger.crl: the revocation list of CN=Sample Root is not signed by the trust anchor"
                                + " of that name; ask the authority for a proper one"),
                meaning(
                        "pki/shipping.pem",
                        "pki/billing.pem",
                        "8:5: PKI/billing.pem: the certificate's CN is 'billing' and not 'shipping'; give the"
                                + " certificate of shipping, or correct the name"),
                meaning(
                        "pki/shipping.pem",
                        "pki/expired.pem",
                        "8:5: PKI/expired.pem: the certificate of shipping expired at 2026-03-01T11:59:59Z; have the"
                                + " authority issue a new one"),
                meaning(
                        "pki/root.pem",
                        "pki/stranger.pem",
                        "7:5: PKI/order-entry.pem: the certificate of order-entry leads to no trust anchor; add its"
                                + " authority to <trust>, or its intermediates to the file"),
                meaning(
                        "certificate=\"pki/shipping.pem\"/>",
                        "certificate=\"pki/shipping.pem\"><certificate file=\"pki/shipping.pem\"/></service>",
                        "8:61: PKI/shipping.pem: the certificate of shipping is given twice; keep one"),
                identity(
                        "key-store=\"pki/none.p12\"",
                        "PKI/none.p12: does not exist; correct the path or create the file"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password=\"guess\"",
                        "PKI/order-entry.p12: the password is wrong; give the password the file was made with"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password=\"open sesame\" alias=\"other\"",
                        "PKI/order-entry.p12: has no private key entry 'other'; use one of its aliases: order-entry"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password-file=\"pki/none\"",
                        "PKI/none: does not exist; create the file with the password, readable by this process's user"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password-file=\"pki/not-utf8\"",
                        "PKI/not-utf8: is not UTF-8 text; give a file with the password alone"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password-env=\"UNSET\"",
                        "the environment variable 'UNSET' is not set; set it to the password"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password=\"open sesame\" password-env=\"SET\"",
                        "has both password and password-env; keep one"),
                identity(
                        "key-store=\"pki/order-entry.p12\" password=\"ENC(sesame)\"",
                        "the password is encoded, and nothing here can decode it; use password-file or password-env"),
                identity(
                        "key-store=\"pki/expired-key.pem\"",
                        "PKI/expired-key.pem: the certificate of order-entry expired at 2026-03-01T11:59:59Z; have the"
                                + " authority issue a new one"),
                identity(
                        "key-store=\"pki/early-key.pem\"",
                        "PKI/early-key.pem: the certificate of order-entry is not valid before 2026-03-01T12:02:01Z;"
                                + " add the previous one beside it, set this machine's clock, or allow for more with"
                                + " clock-skew in <limits>"),
                meaning(
                        "  <services>",
                        "  <identity service=\"order-entry\" key-store=\"pki/twin.pem\"/><identity"
                                + " service=\"order-entry\" key-store=\"pki/twin.pem\"/>\n  <services>",
                        "6:61: PKI/twin.pem: the identity of order-entry is given twice; keep one"),
                meaning(
                        "  <services>",
                        "  <identity service=\"shipping\" key-store=\"pki/order-entry.p12\""
                                + " password=\"open sesame\"/>\n  <services>",
                        "6:3: PKI/order-entry.p12: the certificate's CN is 'order-entry' and not 'shipping'; give the"
                                + " certificate of shipping, or correct the name"),
                meaning(
                        "  <services>",
                        "  <identity service=\"nobody\" key-store=\"pki/order-entry.p12\"/>\n  <services>",
                        "6:3: unknown service 'nobody'; correct the name, or add <service name=\"nobody\"> to"
                                + " <services>"));
    }

    static Stream<Wrong> wrongValues() {
        return Stream.of(
                meaning(
                        "service name=\"shipping\" certificate=\"pki/shipping.pem\"",
                        "service name=\"order-entry\"",
                        "8:5: service 'order-entry' is given twice; keep one"),
                structure(
                        "service name=\"shipping\"",
                        "service name=\"ship ping\"",
                        "8:5: attribute 'name' is not a service's name: 'ship ping'; give one name without blanks: they"
                                + " separate names in lists, so that a certificate whose CN has one speaks for no service"),
                structure(
                        "service name=\"shipping\"",
                        "service users=\"\" name=\"shipping\"",
                        "8:5: attribute 'users' is empty; give names separated by blanks, or remove it"),
                structure(
                        "<trust>",
                        "<trust expiry-warning=\"30 days\">",
                        "3:3: attribute 'expiry-warning' is no duration: '30 days'; write it as in P30D, PT15M or"
                                + " P1DT12H"),
                structure(
                        "<trust>",
                        "<trust expiry-warning=\"P1M\">",
                        "3:3: attribute 'expiry-warning' is no duration: 'P1M'; write it as in P30D, PT15M or P1DT12H"),
                structure(
                        "</trust>",
                        "<revoked fingerprint=\"12:34\"/></trust>",
                        "5:3: '12:34' is not a SHA-256 fingerprint of 64 hexadecimal digits; give the fingerprint"
                                + " 'openssl x509 -fingerprint -sha256' prints"),
                limits("<suites accept=\"1 3\"/>", "attribute 'accept' names the unknown suite '3'; use 1 or 2"),
                limits("<suites accept=\"1 1\"/>", "attribute 'accept' names '1' twice; name it once"),
                limits(
                        "<suites accept=\"1\" prefer=\"2\"/>",
                        "suite 2 is preferred but not accepted; prefer 1, or accept it"),
                limits(
                        "<limits message-max-age=\"PT0S\"/>",
                        "attribute 'message-max-age' is PT0S; give a value from PT1S to PT8784H"),
                limits(
                        "<limits message-max-age=\"PT1M\" clock-skew=\"PT1M\"/>",
                        "clock-skew (PT1M) is not less than message-max-age (PT1M); lower clock-skew"),
                limits(
                        "<limits clock-skew=\"PT2H\"/>",
                        "attribute 'clock-skew' is PT2H; give a value from PT0S to PT1H"),
                limits(
                        "<limits max-envelope-size=\"1KiB\"/>",
                        "attribute 'max-envelope-size' is 1KiB; give a value from 4096 to 1073741824"),
                limits(
                        "<limits max-envelope-size=\"999999TiB\"/>",
                        "attribute 'max-envelope-size' is 999999TiB; give a value from 4096 to 1073741824"),
                structure(
                        "  <addresses>",
                        "  <limits max-envelope-size=\"10MB\"/>\n  <addresses>",
                        "10:3: attribute 'max-envelope-size' is no size: '10MB'; write bytes, or a unit as in 64KiB,"
                                + " 10MiB, 1GiB"),
                structure(
                        "  <addresses>",
                        "  <limits refresh-jitter=\"10%\"/>\n  <addresses>",
                        "10:3: attribute 'refresh-jitter' is no fraction: '10%'; write it as in 0.1"),
                limits(
                        "<limits refresh-jitter=\"0.9\"/>",
                        "attribute 'refresh-jitter' is 0.9; give a value from 0.0 to 0.5"),
                meaning(
                        "  <addresses>",
                        "  <limits><dialog-key max-age=\"P2D\"/></limits>\n  <addresses>",
                        "10:11: a dialog key (PT48H) outlives the key exchange key that wraps it (PT24H); shorten its"
                                + " max-age, or lengthen the key exchange key's"),
                meaning(
                        "  <addresses>",
                        "  <limits><dialog-key max-messages=\"4294967296\"/></limits>\n  <addresses>",
                        "10:11: attribute 'max-messages' is 4294967296; give a value from 1 to 4294967295"),
                structure(
                        "  <addresses>",
                        "  <limits><dialog-key max-messages=\"-1\"/></limits>\n  <addresses>",
                        "10:11: attribute 'max-messages' is no number: '-1'; write it with digits only"),
                structure(
                        "  <addresses>",
                        "  <caches><dialog-keys enabled=\"yes\"/></caches>\n  <addresses>",
                        "10:11: attribute 'enabled' is 'yes'; use one of true, false"),
                meaning(
                        "  <addresses>",
                        "  <caches><dialog-keys entries=\"0\"/></caches>\n  <addresses>",
                        "10:11: attribute 'entries' is 0; give a value from 1 to 10000000"),
                limits(
                        "<state url=\"h2:mem:state\"/>",
                        "attribute 'url' is no JDBC URL; write it as in jdbc:h2:tcp://host/state"),
                meaning(
                        "  <addresses>",
                        "  <state url=\"jdbc:h2:tcp://db/state\"><encryption password=\"p\"/></state>\n  <addresses>",
                        "10:39: only the embedded database is encrypted from here; remove <encryption>, or remove 'url'"),
                meaning(
                        "  <addresses>",
                        "  <state><encryption/></state>\n  <addresses>",
                        "10:10: has no password; give one of password, password-file, password-env"),
                limits(
                        "<state commit-interval=\"PT1M\"/>",
                        "attribute 'commit-interval' is PT1M; give a value from PT0.001S to PT5S"),
                structure(
                        "  <addresses>",
                        "  <state on-damage=\"ignore\"/>\n  <addresses>",
                        "10:3: attribute 'on-damage' is 'ignore'; use one of refuse, rebuild"),
                limits("<quarantine address=\"q.#\"/>", "the quarantine 'q.#' has a wildcard; give one address"),
                structure(
                        "  <addresses>",
                        "  <quarantine address=\" \"/>\n  <addresses>",
                        "10:3: attribute 'address' is empty, or begins or ends with a blank: ' '; give an address as"
                                + " the broker knows it"),
                structure(
                        "<addresses>",
                        "<addresses default=\"encrypt\">",
                        "10:3: attribute 'default' is 'encrypt'; use one of apply, bypass, drop"),
                structure(
                        "action=\"apply\"",
                        "action=\"seal\"",
                        "11:5: attribute 'action' is 'seal'; use one of apply, bypass, drop"),
                meaning(
                        "orders.#",
                        "orders.#.eu",
                        "11:5: attribute 'match' is no address: 'orders.#.eu', '#' stands before the end; separate"
                                + " words by '.', use '*' for one word, and '#' at the end for any number"),
                meaning(
                        "orders.#",
                        "orders*",
                        "11:5: attribute 'match' is no address: 'orders*', a wildcard is only a part of the word"
                                + " 'orders*'; separate words by '.', use '*' for one word, and '#' at the end for any"
                                + " number"),
                meaning(
                        "orders.#",
                        "orders..eu",
                        "11:5: attribute 'match' is no address: 'orders..eu', a word is empty; separate words by '.',"
                                + " use '*' for one word, and '#' at the end for any number"),
                meaning(
                        "</addresses>",
                        "<address match=\"orders.#\" action=\"drop\"/></addresses>",
                        "12:3: address 'orders.#' is given twice; keep one, the other is never used"),
                meaning(
                        "orders.#",
                        "dialog-security.quarantine",
                        "11:5: address 'dialog-security.quarantine' is the quarantine, which takes what is refused"
                                + " elsewhere; remove it here, or make another one the quarantine"),
                meaning(
                        "action=\"apply\"",
                        "action=\"bypass\"",
                        "11:5: attribute 'senders' says nothing when action is 'bypass'; remove it, or use action"
                                + " 'apply'"),
                address(
                        "senders=\"nobody\"",
                        "unknown service 'nobody'; correct the name, or add <service name=\"nobody\"> to <services>"),
                address(
                        "receivers=\"shipping nobody\"",
                        "unknown service 'nobody'; correct the name, or add <service name=\"nobody\"> to <services>"),
                address(
                        "receivers=\"shipping shipping\"",
                        "attribute 'receivers' names 'shipping' twice; name it once"),
                address("gaps=\"maybe\"", "attribute 'gaps' is 'maybe'; use one of allow, refuse"),
                address("replays=\"maybe\"", "attribute 'replays' is 'maybe'; use one of refuse, allow"),
                address(
                        "replays=\"allow\" gaps=\"refuse\"",
                        "replays are allowed and gaps refused: where a queue keeps or replaces its content, gaps are as"
                                + " usual; remove gaps=\"refuse\", or replays=\"allow\""),
                address(
                        "message-max-age=\"soon\"",
                        "attribute 'message-max-age' is no duration: 'soon'; write it as in P30D, PT15M or P1DT12H"),
                address(
                        "message-max-age=\"PT1M\"",
                        "clock-skew (PT2M) is not less than message-max-age (PT1M); lower clock-skew"),
                address(
                        "clear-properties=\"region JMSPriority\"",
                        "attribute 'clear-properties' names 'JMSPriority', which is no property that could be sealed: what"
                                + " begins with JMS stays readable, except JMSType; remove it"),
                address("forks=\"maybe\"", "attribute 'forks' is 'maybe'; use one of refuse, flag"),
                address("authenticity=\"none\"", "attribute 'authenticity' is 'none'; use one of signed, group"),
                meaning(
                        "<addresses>\n    <address",
                        "<suites accept=\"1\"/><addresses>\n    <address suites=\"2\"",
                        "11:5: suite 2 is not accepted by <suites>; use 1, or accept it there"));
    }

    static Stream<Wrong> wrongBrokerSide() {
        String open = "<open service='shipping'/>";
        return Stream.of(
                meaning(
                        "action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"",
                        "action=\"drop\" others=\"nothing\"",
                        "11:5: attribute 'others' says nothing when action is 'drop'; remove it, or use action 'apply'"),
                meaning(
                        "action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"",
                        "action=\"bypass\" plaintext-until=\"2027-01-31T00:00:00Z\"",
                        "11:5: attribute 'plaintext-until' says nothing when action is 'bypass'; remove it, or use"
                                + " action 'apply'"),
                meaning(
                        "action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"/>",
                        "action=\"bypass\">\n<seal service=\"order-entry\"/></address>",
                        "12:1: <seal> says nothing when action is 'bypass'; remove it, or use action 'apply'"),
                meaning(
                        "action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"/>",
                        "action=\"drop\">\n" + open + "</address>",
                        "12:1: <open> says nothing when action is 'drop'; remove it, or use action 'apply'"),
                meaning(
                        "receivers=\"shipping\"/>",
                        ">\n<seal service=\"order-entry\"/></address>",
                        "12:1: <seal> needs receivers to seal to, and <address> has none; add 'receivers' to <address>"),
                meaning(
                        "senders=\"order-entry\" receivers=\"shipping\"/>",
                        "senders=\"shipping\" receivers=\"shipping\">\n<seal service=\"order-entry\"/></address>",
                        "12:1: sealed as order-entry, which is not among the senders; add it to 'senders', or seal as"
                                + " one of them"),
                meaning(
                        "senders=\"order-entry\" receivers=\"shipping\"/>",
                        "receivers=\"shipping\">\n<seal service=\"shipping\"/></address>",
                        "12:1: sealed as shipping, which is among the receivers and would send to itself; remove it"
                                + " from 'receivers', or seal as another service"),
                brokerSide(
                        "",
                        "\n<open service='order-entry'/>",
                        "12:1: opened for order-entry, which is not among the receivers; add it to 'receivers', or open"
                                + " for one of them"),
                brokerSide(
                        "",
                        "\n<seal service='nobody'/>",
                        "12:1: unknown service 'nobody'; correct the name, or add <service name=\"nobody\"> to"
                                + " <services>"),
                brokerSide(
                        "",
                        "\n<open service='nobody'/>",
                        "12:1: unknown service 'nobody'; correct the name, or add <service name=\"nobody\"> to"
                                + " <services>"),
                brokerSide(
                        "",
                        "\n<open service='shipping' users='a'/>\n<open service='shipping' users='b'/>",
                        "13:1: opened for shipping twice; keep one <open>, and name all its users there"),
                brokerSide(
                        "",
                        "\n<seal service='order-entry' users='a b'/>\n<seal service='order-entry' users='c b'/>",
                        "13:1: user 'b' is sealed for as order-entry already: the first <seal> that names a user"
                                + " counts; name the user in one <seal>"),
                brokerSide(
                        "",
                        "\n<seal service='order-entry'/>\n<seal service='order-entry' users='order-entry'/>",
                        "13:1: user 'order-entry' is sealed for as order-entry already: the first <seal> that names a"
                                + " user counts; name the user in one <seal>"),
                brokerSide(
                        "",
                        "\n<seal service='order-entry' users='*'/>\n<seal service='order-entry' users='a'/>",
                        "13:1: user 'a' is sealed for as order-entry already: the first <seal> that names a user"
                                + " counts; put the one for '*' last"),
                brokerSide(
                        "",
                        "\n<seal service='order-entry' users='*'/>\n<seal service='order-entry' users='*'/>",
                        "13:1: user '*' is sealed for as order-entry already: the first <seal> that names a user"
                                + " counts; keep one for '*'"),
                brokerSide(
                        "",
                        "\n<seal service='order-entry' users='a * b'/>",
                        "12:1: attribute 'users' names users beside '*', which is every user; keep '*', or name the"
                                + " users"),
                brokerSide(
                        "",
                        "\n<open service='shipping' users='* b'/>",
                        "12:1: attribute 'users' names users beside '*', which is every user; keep '*', or name the"
                                + " users"),
                brokerSide(
                        "",
                        "\n<open service='shipping' roles='*'/>",
                        "12:1: attribute 'roles' names '*', which is no role; name roles, or remove the attribute"),
                meaning(
                        "service name=\"shipping\"",
                        "service users=\"*\" name=\"shipping\"",
                        "8:5: attribute 'users' names '*', but not everybody speaks for a service; name its users"),
                structure(
                        "receivers=\"shipping\"/>",
                        "receivers=\"shipping\">\n<open service='shipping' client-certificate='yes'/></address>",
                        "12:1: attribute 'client-certificate' is 'yes'; use 'required', or remove it"),
                structure(
                        "receivers=\"shipping\"/>",
                        "receivers=\"shipping\">\n" + open + "\n<seal service='order-entry'/></address>",
                        "13:1: <seal> stands after <open>; move it before"),
                structure(
                        "receivers=\"shipping\"/>",
                        "receivers=\"shipping\">\n<seal service='order-entry' roles='r'/></address>",
                        "12:1: attribute 'roles' is not known in <seal>; remove it, known are service, users"),
                brokerSide(
                        " outgoing=\"apply\"",
                        "",
                        "11:5: outgoing is 'apply', but no <open> says for whom; add an <open>, or remove 'outgoing'"),
                meaning(
                        "action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"",
                        "action=\"bypass\" outgoing=\"apply\"",
                        "11:5: outgoing is 'apply', but no <open> says for whom; add an <open>, or remove 'outgoing'"),
                brokerSide(
                        " outgoing=\"bypass\"",
                        open,
                        "11:5: nothing is opened when outgoing is 'bypass', but there is an <open>; remove <open>, or"
                                + " use outgoing 'apply'"),
                brokerSide(
                        " outgoing=\"drop\"",
                        open,
                        "11:5: nothing is opened when outgoing is 'drop', but there is an <open>; remove <open>, or"
                                + " use outgoing 'apply'"),
                brokerSide(
                        " others=\"nothing\"",
                        "",
                        "11:5: attribute 'others' says nothing without an <open>; remove it, or add an <open>"),
                structure(
                        "receivers=\"shipping\"/>",
                        "receivers=\"shipping\" others=\"all\">" + open + "</address>",
                        "11:5: attribute 'others' is 'all'; use one of nothing, envelope"),
                structure(
                        "action=\"apply\"",
                        "action=\"apply\" outgoing=\"open\"",
                        "11:5: attribute 'outgoing' is 'open'; use one of apply, bypass, drop"),
                structure(
                        "action=\"apply\"",
                        "action=\"apply\" plaintext-until=\"2027-01-31\"",
                        "11:5: attribute 'plaintext-until' is no time in UTC: '2027-01-31'; write it as in"
                                + " 2027-01-31T00:00:00Z"),
                structure(
                        "action=\"apply\"",
                        "action=\"apply\" plaintext-until=\"2027-01-31T00:00:00+01:00\"",
                        "11:5: attribute 'plaintext-until' is no time in UTC: '2027-01-31T00:00:00+01:00'; write it as"
                                + " in 2027-01-31T00:00:00Z"),
                meaning(
                        "action=\"apply\"",
                        "action=\"apply\" plaintext-until=\"2027-02-30T00:00:00Z\"",
                        "11:5: attribute 'plaintext-until' is no time in UTC: '2027-02-30T00:00:00Z'; write it as in"
                                + " 2027-01-31T00:00:00Z"),
                structure(
                        "<addresses>",
                        "<addresses dry-run=\"yes\">",
                        "10:3: attribute 'dry-run' is 'yes'; use one of true, false"),
                meaning(
                        "<addresses>",
                        "<addresses brokers=\"partner *\">",
                        "10:3: attribute 'brokers' names '*', which is every user; name the users of other brokers"),
                structure(
                        "action=\"apply\"",
                        "action=\"apply\" dry-run=\"maybe\"",
                        "11:5: attribute 'dry-run' is 'maybe'; use one of true, false"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void givesOneLine(Wrong wrong) throws IOException {
        Path file = fixture.write(wrong.xml());
        assertThatThrownBy(() -> reader().withEnvironment(name -> null).read(file))
                .isInstanceOf(PolicyException.class)
                .hasMessage(file + ":"
                        + wrong.line().replace("PKI", fixture.file("pki").toString()))
                .message()
                .doesNotContain("\n", "\r", "sesame", "guess");
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void theSchemaAgrees(Wrong wrong) throws Exception {
        if (wrong.alsoSchema()) {
            assertThatThrownBy(() -> validate(wrong.xml())).isInstanceOf(SAXException.class);
        }
    }

    @Test
    void theSchemaAcceptsTheSamples() throws Exception {
        validate(MINIMAL);
        for (String sample : List.of("dialog-security.xml", "guard.xml", "broker-side.xml")) {
            validate(Files.readString(Path.of("../config").resolve(sample)));
        }
    }

    private static void validate(String xml) throws SAXException, IOException {
        Schema schema = SchemaFactory.newDefaultInstance()
                .newSchema(Path.of("../config/schema/dialog-security.xsd").toFile());
        schema.newValidator().validate(new StreamSource(new StringReader(xml)));
    }

    @Test
    void missingAndUnreadableFile() {
        Path none = fixture.file("none.xml");
        assertThatThrownBy(() -> reader().read(none))
                .isInstanceOf(PolicyException.class)
                .hasMessage(none + ": does not exist; correct the path or create the file");
        assertThatThrownBy(() -> reader().read(directory))
                .isInstanceOf(PolicyException.class)
                .hasMessage(directory + ": cannot be read; give a file that this process's user may read");
    }

    @Test
    void hugeFile() throws IOException {
        Path file = fixture.write(MINIMAL + " ".repeat(4 * 1024 * 1024));
        assertThatThrownBy(() -> reader().read(file))
                .hasMessage(file + ": is larger than 4194304 bytes; use wildcards for addresses");
    }

    @Test
    void anEncodedPasswordThatDoesNotDecodeIsNotShown() throws IOException {
        Path file = fixture.write(MINIMAL.replace(
                "<services>",
                "<identity service='order-entry' key-store='pki/order-entry.p12' password='ENC(sesame)'/><services>"));
        SecurityPolicyReader reader = reader().withPasswordDecoder(encoded -> {
            throw new IllegalArgumentException("bad: " + encoded);
        });
        PolicyException thrown = catchThrowableOfType(PolicyException.class, () -> reader.read(file));
        assertThat(thrown)
                .hasMessageEndingWith(
                        "the encoded password cannot be decoded; encode it again with the broker's own mask tool")
                .hasNoCause();
        assertThat(thrown.line()).isEqualTo(6);
        assertThat(thrown.column()).isEqualTo(3);
    }

    @Test
    void aPasswordIsNotQuotedFromBrokenXml() throws IOException {
        Path file = fixture.write(MINIMAL.replace(
                "<services>", "<identity service='order-entry' password='open&sesame' key-store='x'/><services>"));
        assertThatThrownBy(() -> reader().read(file))
                .isInstanceOf(PolicyException.class)
                .hasNoCause()
                .hasMessageContaining("is not well-formed XML in <dialog-security>; correct it here")
                .message()
                .doesNotContain("sesame");
    }

    @Test
    void whatHasExpiredMeanwhileIsNoErrorWhenReread() throws IOException {
        Path file = fixture.write(MINIMAL);
        assertThatThrownBy(() -> readerAt(END.plus(Duration.ofDays(1))).read(file))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("expired at");
        readerAt(END.plus(Duration.ofDays(1))).reread(file).close();
    }
}
