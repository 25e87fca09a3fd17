/**
 * Non-cryptographic hash functions, written out by hand: {@link dev.casebook.common.hash.Xxh3} for new uses and
 * {@link dev.casebook.common.hash.Murmur3} where an existing system fixed it. They read {@code byte[]}, Netty's
 * {@code ByteBuf} and {@code MemorySegment} in place and allocate nothing. The arithmetic of each function lives once, in
 * {@code Xxh3Arithmetic} and {@code Murmur3Arithmetic}; the walk over the input lives twice, once per kind of memory,
 * because HotSpot profiles and specialises code per method, and one walk shared by arrays and segments would make every
 * caller pay for the other's memory accesses. Sketches, rings and case studies call this package; nothing keyed
 * (SipHash, HMAC) belongs here, and none of it resists an attacker who picks the inputs and knows the seed.
 */
@NullMarked
package dev.casebook.common.hash;

import org.jspecify.annotations.NullMarked;
