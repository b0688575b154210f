package dev.lora4j.text.generate;

/**
 * Counts of a prefix cache.
 *
 * @param queries tokens of the prompts that it was asked for
 * @param hits those of them whose keys and values it had
 * @param bytes of the keys and values that it has now
 */
public record PrefixCounts(long queries, long hits, long bytes) {}
