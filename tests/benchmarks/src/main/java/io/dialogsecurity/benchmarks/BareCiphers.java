package io.dialogsecurity.benchmarks;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** As {@link BareCipher}, each message with another key than the one before: what many keys cost without any dialogs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BareCiphers {

    @Param({"100", "1024", "16384", "1048576"})
    int size;

    @Param({"1000"})
    int keys;

    private final byte[] nonce = new byte[12];
    private long counter;
    private int next;
    private SecretKeySpec[] key;
    private Cipher[] sealing;
    private Cipher[] opening;
    private byte[] plaintext;
    private byte[] ciphertext;

    @Setup
    public void prepare() throws GeneralSecurityException {
        Random random = new Random(7);
        key = new SecretKeySpec[keys];
        sealing = new Cipher[keys];
        opening = new Cipher[keys];
        for (int i = 0; i < keys; i++) {
            byte[] bytes = new byte[32];
            random.nextBytes(bytes);
            key[i] = new SecretKeySpec(bytes, "AES");
            sealing[i] = Cipher.getInstance("AES/GCM/NoPadding");
            opening[i] = Cipher.getInstance("AES/GCM/NoPadding");
        }
        plaintext = new byte[size];
        ciphertext = new byte[size + 16];
        Primed.run(size, this::alternating);
    }

    @Benchmark
    public int alternating() {
        try {
            next = next + 1 < keys ? next + 1 : 0;
            ByteBuffer.wrap(nonce).putLong(4, ++counter);
            sealing[next].init(Cipher.ENCRYPT_MODE, key[next], new GCMParameterSpec(128, nonce));
            sealing[next].doFinal(plaintext, 0, size, ciphertext, 0);
            opening[next].init(Cipher.DECRYPT_MODE, key[next], new GCMParameterSpec(128, nonce));
            return opening[next].doFinal(ciphertext, 0, ciphertext.length, plaintext, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
