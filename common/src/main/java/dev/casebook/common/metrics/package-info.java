/** The Prometheus registry of a service with the meters of the JVM and the process. Meters of a case study live in the case study. */
@NullMarked
package dev.casebook.common.metrics;

import org.jspecify.annotations.NullMarked;
