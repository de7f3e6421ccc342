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

/**
 * The foot of the ladder: AES-256-GCM of the JDK with the least that has to be done around it. One cipher for each way,
 * re-initialised per message with a fresh nonce, no associated data, output into arrays that are there already.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BareCipher {

    @Param({"100", "1024", "16384", "1048576"})
    int size;

    private final byte[] nonce = new byte[12];
    private long counter;
    private SecretKeySpec key;
    private Cipher sealing;
    private Cipher opening;
    private byte[] plaintext;
    private byte[] ciphertext;
    private byte[] opened;
    /** As much as binds a message to its headers: context hash, creation time, sequence number. */
    private final byte[] associatedData = new byte[48];

    @Setup
    public void prepare() throws GeneralSecurityException {
        byte[] bytes = new byte[32];
        Random random = new Random(7);
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, "AES");
        sealing = Cipher.getInstance("AES/GCM/NoPadding");
        opening = Cipher.getInstance("AES/GCM/NoPadding");
        plaintext = new byte[size];
        random.nextBytes(plaintext);
        ciphertext = new byte[size + 16];
        opened = new byte[size];
        Primed.run(size, this::both);
    }

    @Benchmark
    public int sealed() {
        try {
            ByteBuffer.wrap(nonce).putLong(4, ++counter);
            sealing.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            return sealing.doFinal(plaintext, 0, size, ciphertext, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public int opened() {
        try {
            opening.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            return opening.doFinal(ciphertext, 0, ciphertext.length, opened, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public int both() {
        return sealed() + opened();
    }

    /** Primed for this benchmark alone. */
    @State(Scope.Benchmark)
    public static class PrimedForAssociatedData {
        @Setup
        public void prime(BareCipher cipher) {
            Primed.run(cipher.size, cipher::bothWithAssociatedData);
        }
    }

    /** What JDK and arithmetic ask for binding anything to a message, before a product has done anything. */
    @Benchmark
    public int bothWithAssociatedData(PrimedForAssociatedData primed) {
        return bothWithAssociatedData();
    }

    private int bothWithAssociatedData() {
        try {
            ByteBuffer.wrap(nonce).putLong(4, ++counter);
            sealing.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            sealing.updateAAD(associatedData);
            sealing.doFinal(plaintext, 0, size, ciphertext, 0);
            opening.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            opening.updateAAD(associatedData);
            return opening.doFinal(ciphertext, 0, ciphertext.length, opened, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
