/**
 * Starting and stopping a service in order: what was opened last is closed first, readiness goes off before anything stops. Composition roots
 * ({@code *App}) call it; nothing below them does.
 */
@NullMarked
package dev.casebook.common.lifecycle;

import org.jspecify.annotations.NullMarked;
