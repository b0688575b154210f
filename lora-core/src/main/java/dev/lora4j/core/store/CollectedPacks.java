package dev.lora4j.core.store;

/**
 * What a collection took away.
 *
 * @param packs number of packs that were removed or written anew
 * @param bytes bytes that are free again
 */
public record CollectedPacks(int packs, long bytes) {}
