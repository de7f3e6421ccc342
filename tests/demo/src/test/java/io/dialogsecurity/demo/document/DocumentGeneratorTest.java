package io.dialogsecurity.demo.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class DocumentGeneratorTest {

    private final DocumentGenerator generator = new DocumentGenerator(42);

    @ParameterizedTest
    @EnumSource
    @DisplayName("The same seed and reference give the same document, others give another")
    void repeats(DocumentKind kind) {
        String document = generator.document(kind, "A-1", 2_000);
        assertThat(new DocumentGenerator(42).document(kind, "A-1", 2_000)).isEqualTo(document);
        assertThat(new DocumentGenerator(43).document(kind, "A-1", 2_000)).isNotEqualTo(document);
        assertThat(generator.document(kind, "A-2", 2_000)).isNotEqualTo(document);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Every document holds the secret of its kind, by which its plaintext is found")
    void holdsTheSecret(DocumentKind kind) {
        for (int i = 0; i < 20; i++) {
            assertThat(generator.document(kind, "A-" + i, 200 << i % 8)).contains(kind.secret());
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("Sizes come near to what was asked for")
    void comesNearTheSize(DocumentKind kind) {
        for (int chars : new int[] {1_500, 20_000, 2_000_000}) {
            assertThat(generator.document(kind, "A-1", chars).length()).isBetween(chars - 700, chars + 700);
        }
    }

    @Test
    @DisplayName("Sizes stay between their limits, and most are small")
    void sizes() {
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sizes.add(generator.size("A-" + i, 200, 2_000_000));
        }
        assertThat(sizes).allMatch(size -> size >= 200 && size <= 2_000_000);
        assertThat(sizes).filteredOn(size -> size < 20_000).hasSizeGreaterThan(500);
        assertThat(sizes).filteredOn(size -> size > 1_000_000).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"FIX_ORDER", "FIX_EXECUTION"})
    @DisplayName("FIX: BodyLength and CheckSum are right")
    void fix(DocumentKind kind) {
        for (int i = 0; i < 50; i++) {
            String message = generator.document(kind, "A-" + i, 200 + 20 * i);
            int body = message.indexOf('\u0001', message.indexOf("\u00019=") + 1) + 1;
            int trailer = message.lastIndexOf("10=");
            assertThat(message).startsWith("8=FIX.4.4\u00019=" + (trailer - body) + "\u000135=");
            int sum = 0;
            for (byte b : message.substring(0, trailer).getBytes(StandardCharsets.US_ASCII)) {
                sum += b;
            }
            assertThat(message.substring(trailer)).isEqualTo("10=%03d\u0001".formatted(sum % 256));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PAIN_001", "PACS_008"})
    @DisplayName("ISO 20022: well-formed, number and sum agree with the transactions, IBANs check")
    void iso20022(DocumentKind kind) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document xml = factory.newDocumentBuilder()
                .parse(new InputSource(new StringReader(generator.document(kind, "A-1", 30_000))));
        NodeList amounts = xml.getElementsByTagName(kind == DocumentKind.PAIN_001 ? "InstdAmt" : "IntrBkSttlmAmt");
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < amounts.getLength(); i++) {
            sum = sum.add(new BigDecimal(amounts.item(i).getTextContent()));
        }
        assertThat(text(xml, "NbOfTxs")).isEqualTo(Integer.toString(amounts.getLength()));
        assertThat(new BigDecimal(text(xml, "CtrlSum"))).isEqualByComparingTo(sum);
        NodeList ibans = xml.getElementsByTagName("IBAN");
        for (int i = 0; i < ibans.getLength(); i++) {
            String iban = ibans.item(i).getTextContent();
            BigInteger number = new BigInteger(iban.substring(4) + "1314" + iban.substring(2, 4));
            assertThat(number.mod(BigInteger.valueOf(97))).isEqualTo(BigInteger.ONE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HL7_ADT", "HL7_ORU"})
    @DisplayName("HL7: the header comes first and every segment has a name and ends")
    void hl7(DocumentKind kind) {
        String message = generator.document(kind, "A-1", 5_000);
        assertThat(message).startsWith("MSH|^~\\&|").endsWith("\r");
        assertThat(message.split("\r")).allMatch(segment -> segment.matches("[A-Z][A-Z0-9]{2}\\|.*"));
    }

    private static String text(Document xml, String element) {
        return xml.getElementsByTagName(element).item(0).getTextContent();
    }
}
