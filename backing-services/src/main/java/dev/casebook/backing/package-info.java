/**
 * The real servers a case study stands on: PostgreSQL, Redis and Kafka, given by address or embedded, that is, started from Maven Central
 * binaries, kept below the data folder and never left running. Case studies, labs and tests call it. No case study's schema, key or topic
 * lives here, and no stand-in for any of the three.
 */
@NullMarked
package dev.casebook.backing;

import org.jspecify.annotations.NullMarked;
