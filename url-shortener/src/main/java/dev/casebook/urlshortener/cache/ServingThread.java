package dev.casebook.urlshortener.cache;

import io.lettuce.core.resource.EventLoopGroupProvider;
import java.util.concurrent.Executor;

/**
 * A thread that serves requests and can read and write a Redis connection as well.
 *
 * @param executor runs what it is given on that thread, after what the thread does at the moment
 * @param io hands the driver that thread and no other, and does not end it
 */
public record ServingThread(Executor executor, EventLoopGroupProvider io) {}
