/**
 * Benchmarks of the server: many adapters, mixed batches, what a new adapter and a picture take.
 */
@NullMarked
package dev.lora4j.bench.server;

import org.jspecify.annotations.NullMarked;
