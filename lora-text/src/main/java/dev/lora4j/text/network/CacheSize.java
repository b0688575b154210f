package dev.lora4j.text.network;

/**
 * Sizes of the key-value cache of a decoder.
 *
 * @param layers number of layers with attention
 * @param heads of keys and values, which may be fewer than those of queries
 * @param width of a head
 */
public record CacheSize(int layers, int heads, int width) {}
