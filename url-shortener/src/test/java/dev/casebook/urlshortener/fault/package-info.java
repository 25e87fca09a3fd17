/**
 * The service under real faults: nodes as processes that are killed, stopped and run under a false clock, servers that are killed and
 * paused under traffic. {@code Installation}, {@code NodeProcess} and {@code Traffic} are the tools; {@code TopicContents} is the oracle of
 * click counts and shares no code with the service. What is tested here is what a client or an operator can see.
 */
@NullMarked
package dev.casebook.urlshortener.fault;

import org.jspecify.annotations.NullMarked;
