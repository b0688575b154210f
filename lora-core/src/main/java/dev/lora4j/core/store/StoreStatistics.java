package dev.lora4j.core.store;

/**
 * Size of a store.
 *
 * @param adapters number of adapters
 * @param bytes bytes of their files, as if each were kept by itself
 * @param storedBytes bytes of the files of the store
 * @param objects number of different objects: tensors and headers
 * @param sharedObjects how many of them several adapters have
 * @param unusedBytes bytes in the packs that no adapter needs
 */
public record StoreStatistics(
    int adapters,
    long bytes,
    long storedBytes,
    long objects,
    long sharedObjects,
    long unusedBytes) {}
