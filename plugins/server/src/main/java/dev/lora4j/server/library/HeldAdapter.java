package dev.lora4j.server.library;

/**
 * An adapter in memory at one moment, for lists and metrics.
 *
 * @param generation number of its loading, unique within the process's cache
 * @param bytes memory of its numbers; 0 while it is loaded
 * @param leases number of its uses
 * @param pinned whether it stays whatever else needs room
 * @param current whether new requests get it; else it was replaced or unloaded, and is still in use
 */
public record HeldAdapter(
    AdapterKey key, long generation, long bytes, int leases, boolean pinned, boolean current) {}
