package dev.lora4j.core.store;

/**
 * What was added to a store.
 *
 * @param name the adapter's name in the store
 * @param bytes bytes of its files
 * @param newBytes bytes of the objects that the store had not yet, before they were deflated
 * @param unchanged true if the store had the adapter already, under this name
 */
public record AddedAdapter(String name, long bytes, long newBytes, boolean unchanged) {}
