package dev.lora4j.text.network;

/**
 * Sizes of what the attention of a decoder remembers.
 *
 * @param layers how many layers attend
 * @param heads of keys and values, which may be fewer than those of queries
 * @param width of a head
 */
public record CacheSize(int layers, int heads, int width) {}
