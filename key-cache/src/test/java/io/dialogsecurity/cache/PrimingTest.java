package io.dialogsecurity.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.state.CacheName;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PrimingTest {

    @Test
    @DisplayName("Priming comes to an end and leaves no trace in anybody's counters or caches")
    void finishes() throws Exception {
        TestServices services = new TestServices(Suite.SUITE_2);
        CaffeineCaches caches = CaffeineCaches.withDefaults();
        DialogEndpoint endpoint = services.endpoint(TestServices.ORDER_ENTRY, caches);
        endpoint.begin(Set.of(TestServices.SHIPPING)).seal(MessageContent.text("before"), "orders");
        CryptoCounters.Snapshot before = endpoint.counters();
        CacheStatistics pairs = caches.statistics(CacheName.OUTGOING_PAIRS);
        try (Priming priming = Priming.start(Set.of(Suite.values()))) {
            assertThat(priming.done().get(2, TimeUnit.MINUTES)).isNull();
        }
        assertThat(endpoint.counters()).isEqualTo(before);
        assertThat(caches.statistics(CacheName.OUTGOING_PAIRS)).isEqualTo(pairs);
        assertThat(services.background).isEmpty();
    }

    @Test
    @DisplayName("Priming that is stopped comes to an end too")
    void stops() throws Exception {
        Priming priming = Priming.start(Set.of());
        priming.close();
        priming.done().get(2, TimeUnit.MINUTES);
    }
}
