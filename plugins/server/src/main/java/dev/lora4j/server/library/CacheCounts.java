package dev.lora4j.server.library;

/**
 * Numbers of a cache for metrics; the first five count from its creation.
 *
 * @param hits uses of adapters that were loaded or being loaded
 * @param loads adapters that were loaded
 * @param failures adapters that could not be loaded
 * @param evictions adapters that gave room to others
 * @param replacements adapters that were loaded again as their files had changed, or on request
 * @param bytes memory of all adapters that are held, those that were replaced and are in use too
 * @param limit most bytes while none is in use
 * @param adapters number of adapters that are held under their names
 * @param leases number of uses at this moment
 */
public record CacheCounts(
    long hits,
    long loads,
    long failures,
    long evictions,
    long replacements,
    long bytes,
    long limit,
    int adapters,
    int leases) {}
