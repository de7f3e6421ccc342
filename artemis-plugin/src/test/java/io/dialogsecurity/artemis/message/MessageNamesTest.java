package io.dialogsecurity.artemis.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names are the broker's or a provider's: those of a list, and not those that begin like one of them. */
class MessageNamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_type",
                "_",
                "__",
                "__TypeId__",
                "_id",
                "JMSX",
                "JMSXtype",
                "JMSXGroupIDs",
                "JMS_",
                "JMS_type",
                "JMS_IBM_Format",
                "JMS_AMQ_Other",
                "_AMQ_",
                "_AMQ_type",
                "_AMQ_GROUP_ID2",
                "_AMQ_CONTENT_TYPE",
                "_AMQP_x",
                "_HQ_type",
                "__AMQ_x",
                "__HDR_",
                "__HDR_type",
                "mqtt.type",
                "mqtt.content.type",
                "type",
                ""
            })
    @DisplayName("A name that only looks like a provider's is an application's, and protected")
    void lookAlikes(String name) {
        assertThat(MessageNames.ofProvider(name)).isFalse();
    }

    @Test
    @DisplayName("What the broker routes, groups, schedules, replaces and tells duplicates by stays outside")
    void whatBrokersNeed() {
        for (SimpleString name : new SimpleString[] {
            Message.HDR_GROUP_ID,
            Message.HDR_GROUP_SEQUENCE,
            Message.HDR_LAST_VALUE_NAME,
            Message.HDR_DUPLICATE_DETECTION_ID,
            Message.HDR_BRIDGE_DUPLICATE_ID,
            Message.HDR_SCHEDULED_DELIVERY_TIME,
            Message.HDR_VALIDATED_USER,
            Message.HDR_ROUTING_TYPE,
            Message.HDR_ROUTE_TO_IDS.concat("a cluster's connection"),
            Message.HDR_SCALEDOWN_TO_IDS,
            Message.HDR_ROUTE_TO_ACK_IDS,
            Message.HDR_ORIGINAL_ADDRESS,
            Message.HDR_ORIGINAL_QUEUE,
            Message.HDR_ORIG_MESSAGE_ID,
            Message.HDR_ORIG_ROUTING_TYPE,
            Message.HDR_ACTUAL_EXPIRY_TIME,
            Message.HDR_INGRESS_TIMESTAMP,
            Message.HDR_PREFIX,
            Message.HDR_LARGE_COMPRESSED,
            Message.HDR_LARGE_BODY_SIZE,
            SimpleString.of("JMSXGroupID"),
            SimpleString.of("JMSXDeliveryCount"),
            SimpleString.of("JMS_AMQP_MA_x-opt-anything"),
            SimpleString.of("mqtt.message.retain")
        }) {
            assertThat(MessageNames.ofProvider(name.toString()))
                    .as(name.toString())
                    .isTrue();
        }
    }

    @Test
    @DisplayName("The wire format lists exactly the names the code has")
    void document() throws IOException {
        String text = Files.readString(Path.of("..", "dialog-security", "doc", "WIRE-FORMAT.md"));
        int start = text.indexOf("### Properties that stay outside");
        String section = text.substring(start, text.indexOf("\n### ", start + 1));
        TreeSet<String> listed = Pattern.compile("`([^`]+)`")
                .matcher(section.lines().filter(line -> line.startsWith("|")).collect(Collectors.joining("\n")))
                .results()
                .map(MatchResult::group)
                .map(name -> name.replace("`", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> known = new TreeSet<>(MessageNames.OWNED);
        MessageNames.OWNED_PREFIXES.forEach(prefix -> known.add(prefix + "*"));
        known.addAll(AmqpForm.ANNOTATIONS_OUTSIDE);
        assertThat(listed).isEqualTo(known);
    }
}
