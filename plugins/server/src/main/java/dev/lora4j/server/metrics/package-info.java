/** Metrics of the server in Prometheus' text format, by vLLM's names where it has one. */
@NullMarked
package dev.lora4j.server.metrics;

import org.jspecify.annotations.NullMarked;
