package io.dialogsecurity.interaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.wire.WireFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Some services, and the network between them. One seed makes one history. */
final class World {

    private static final int STEPS = 50;

    private record KeyAndNonce(KeyId keyId, Bytes nonce) {}

    final Random random;
    final Pki pki;
    private final List<Service> services = new ArrayList<>();
    private final List<Packet> underWay = new ArrayList<>();
    private final List<Packet> everything = new ArrayList<>();
    private final Set<KeyAndNonce> nonces = new HashSet<>();
    private Instant now = Pki.NOW;
    private int numbers;

    World(long seed, Pki pki, Supplier<Memory> memories) {
        this.random = new Random(seed);
        this.pki = pki;
        int count = 2 + random.nextInt(2);
        for (ServiceName name : Pki.NAMES.subList(0, count)) {
            services.add(new Service(name, this, memories.get()));
        }
    }

    void run() {
        try {
            for (int i = 0; i < STEPS; i++) {
                now = now.plusMillis(random.nextInt(2000));
                step();
            }
            while (!underWay.isEmpty()) { // what is left arrives in some order
                Packet packet = underWay.remove(random.nextInt(underWay.size()));
                service(packet.to()).receive(packet);
            }
        } finally {
            services.forEach(Service::close);
        }
    }

    private void step() {
        Service any = services.get(random.nextInt(services.size()));
        switch (random.nextInt(16)) {
            case 0 -> any.begin(another(any));
            case 1, 2, 3, 4 -> any.speak();
            case 5, 6, 7, 8 -> deliver();
            case 9, 10 -> any.acknowledge();
            case 11 -> repeat();
            case 12 -> forge();
            case 13 -> any.fork();
            case 14 -> lose();
            default -> any.die();
        }
    }

    private ServiceName another(Service one) {
        List<ServiceName> others = services.stream()
                .map(service -> service.name)
                .filter(name -> !name.equals(one.name))
                .toList();
        return others.get(random.nextInt(others.size()));
    }

    private Service service(ServiceName name) {
        return services.stream()
                .filter(each -> each.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    // --- The network

    void sent(Packet packet) {
        byte[] nonce = Arrays.copyOfRange(packet.bytes(), WireFormat.SALT_OFFSET, WireFormat.SALT_OFFSET + 12);
        assertThat(nonces.add(new KeyAndNonce(packet.keyId(), Bytes.copyOf(nonce))))
                .as("a nonce that is new under its key")
                .isTrue();
        underWay.add(packet);
        everything.add(packet);
    }

    void returned(Packet packet) {
        underWay.add(packet);
    }

    /** The oldest mostly, as a queue does; sometimes any. */
    private void deliver() {
        if (!underWay.isEmpty()) {
            Packet packet = underWay.remove(random.nextInt(4) == 0 ? random.nextInt(underWay.size()) : 0);
            service(packet.to()).receive(packet);
        }
    }

    private void lose() {
        if (!underWay.isEmpty()) {
            underWay.remove(random.nextInt(underWay.size()));
        }
    }

    /** Anything that was ever sent, once more. */
    private void repeat() {
        if (!everything.isEmpty()) {
            Packet packet = everything.get(random.nextInt(everything.size()));
            service(packet.to()).receive(packet);
        }
    }

    /** A bit changed, an end cut off, or the front of one envelope before the rest of another. */
    private void forge() {
        if (everything.isEmpty()) {
            return;
        }
        Packet packet = everything.get(random.nextInt(everything.size()));
        Packet other = everything.get(random.nextInt(everything.size()));
        byte[] bytes = packet.bytes().clone();
        switch (random.nextInt(3)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            default -> {
                int at = random.nextInt(Math.min(bytes.length, other.bytes().length));
                System.arraycopy(other.bytes(), at, bytes, at, Math.min(bytes.length, other.bytes().length) - at);
                if (everything.stream().anyMatch(sound(bytes))) {
                    return;
                }
            }
        }
        service(packet.to()).receive(bytes, packet);
    }

    private static Predicate<Packet> sound(byte[] bytes) {
        return packet -> Arrays.equals(packet.bytes(), bytes);
    }

    Instant now() {
        return now;
    }

    int nextNumber() {
        return ++numbers;
    }
}
