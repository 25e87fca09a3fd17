package dev.casebook.common.permute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES of single blocks under one key for many threads. A {@link Cipher} must not be shared, costs microseconds to make, and
 * a thread local would keep one per virtual thread; so idle ones wait in a few slots and a caller has one to itself for the
 * length of an operation. Who finds the slot empty makes a new one; who finds it full again on return drops that one: nobody
 * waits. Thread-safe; a {@link Session} is not.
 */
final class AesBlockCipher {
    static final int BLOCK_BYTES = 16;

    /** Idle sessions kept; callers beyond this number at one instant each pay for making one. */
    private static final int SLOTS = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final SecretKeySpec key;
    private final AtomicReferenceArray<@Nullable Session> idle = new AtomicReferenceArray<>(SLOTS);

    /**
     * AES under a key.
     *
     * @param key copied
     * @throws IllegalArgumentException if the key is not 16, 24 or 32 bytes long
     */
    AesBlockCipher(byte[] key) {
        if (key.length != 16 && key.length != 24 && key.length != 32) {
            throw new IllegalArgumentException("AES key must be 16, 24 or 32 bytes: length=" + key.length);
        }
        this.key = new SecretKeySpec(key, "AES");
    }

    /** A session for the calling thread alone, to be handed to {@link #giveBack} afterwards. */
    Session take() {
        Session session = idle.getAndSet(slot(), null);
        return session == null ? new Session(key) : session;
    }

    void giveBack(Session session) {
        idle.setRelease(slot(), session);
    }

    private static int slot() {
        long id = Thread.currentThread().threadId();
        return (int) (id ^ (id >>> 4)) & (SLOTS - 1);
    }

    /** One block at a time, as two big-endian longs or as bytes. */
    static final class Session {
        private final Cipher cipher;
        private final byte[] in = new byte[BLOCK_BYTES];
        private final byte[] out = new byte[BLOCK_BYTES];

        private Session(SecretKeySpec key) {
            try {
                // "ECB" of one block is the block cipher itself; the modes of FF1 are built on it
                cipher = Cipher.getInstance("AES/ECB/NoPadding");
                cipher.init(Cipher.ENCRYPT_MODE, key);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform must offer AES", e);
            }
        }

        /** Encrypts a block and returns its first half; {@link #low} has the other. */
        long encrypt(long high, long low) {
            LONG.set(in, 0, high);
            LONG.set(in, Long.BYTES, low);
            try {
                cipher.update(in, 0, BLOCK_BYTES, out, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES of one whole block cannot fail", e);
            }
            return (long) LONG.get(out, 0);
        }

        /** The second half of the block encrypted last. */
        long low() {
            return (long) LONG.get(out, Long.BYTES);
        }

        /**
         * The CBC-MAC without padding of whole blocks: FF1's PRF. The result is {@link #block}.
         *
         * @param message a multiple of {@value #BLOCK_BYTES} bytes, not empty
         */
        void cbcMac(byte[] message) {
            long high = 0;
            long low = 0;
            for (int i = 0; i < message.length; i += BLOCK_BYTES) {
                high = encrypt(high ^ (long) LONG.get(message, i), low ^ (long) LONG.get(message, i + Long.BYTES));
                low = low();
            }
        }

        /** The block encrypted last; valid until the next one. */
        byte[] block() {
            return out;
        }
    }
}
