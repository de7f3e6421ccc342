package io.dialogsecurity.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.ServiceName;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BrokerSideTest {
    private static final SealRule SENSORS = new SealRule(new ServiceName("sensors"), Set.of("dev-1", "dev-2"));
    private static final SealRule REST = new SealRule(new ServiceName("rest"), Set.of("*"));

    @Test
    void theFirstSealThatNamesTheUserCounts() {
        BrokerSide side = new BrokerSide(Action.BYPASS, List.of(SENSORS, REST), List.of(), Others.NOTHING);
        assertThat(side.seal("dev-2")).contains(SENSORS);
        assertThat(side.seal("dev-3")).contains(REST);
        assertThat(new BrokerSide(Action.BYPASS, List.of(SENSORS), List.of(), Others.NOTHING).seal("dev-3"))
                .isEmpty();
        assertThat(BrokerSide.NONE.seal("dev-1")).isEmpty();
    }

    @Test
    void everyAuthenticatedUserIsNotNobody() {
        assertThat(new BrokerSide(Action.BYPASS, List.of(REST), List.of(), Others.NOTHING).seal(null))
                .isEmpty();
        assertThat(SENSORS.names(null)).isFalse();
        OpenRule open = new OpenRule(new ServiceName("collector"), Set.of("*"), Set.of(), false);
        assertThat(open.names("anybody")).isTrue();
        assertThat(open.names(null)).isFalse();
        OpenRule one = new OpenRule(new ServiceName("collector"), Set.of("legacy"), Set.of(), false);
        assertThat(one.names("legacy")).isTrue();
        assertThat(one.names("legacy2")).isFalse();
    }
}
