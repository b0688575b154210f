package dev.lora4j.core.store;

/**
 * An adapter in a store.
 *
 * @param folder true if it is a folder of files
 * @param sha256 SHA-256 of its file in hexadecimal; of a folder, that of the file with tensors
 * @param bytes bytes of its files
 * @param ownBytes bytes of the objects that no other adapter in the store has
 */
public record StoredAdapter(
    String name, boolean folder, String sha256, long bytes, long ownBytes) {}
