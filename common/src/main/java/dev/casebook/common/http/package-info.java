/**
 * An HTTP server as a thin layer over Netty's handlers: routes, problem details, limits, drain, and a byte-level fast path before the codec. Protocol adapters
 * ({@code api} packages) and composition roots call it. Nothing here knows a case study.
 */
@NullMarked
package dev.casebook.common.http;

import org.jspecify.annotations.NullMarked;
